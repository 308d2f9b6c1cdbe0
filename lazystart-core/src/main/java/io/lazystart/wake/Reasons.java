// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;

/** Turns what a provider throws into a reason. */
final class Reasons {
    private Reasons() {}

    static Reason of(Reason.Kind kind, String what, Throwable failure) {
        String message = what + " failed: " + describe(failure);
        if (failure instanceof ProviderException known && known.exit() != null) {
            Exit exit = known.exit();
            return new Reason(kind, message, exit.code(), exit.output());
        }
        return Reason.of(kind, message);
    }

    static String describe(Throwable failure) {
        if (failure instanceof InterruptedException) {
            return "interrupted at its deadline";
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
