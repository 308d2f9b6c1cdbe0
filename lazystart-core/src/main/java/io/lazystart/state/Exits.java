// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the end of a run into a reason. */
final class Exits {
    private Exits() {}

    static Reason reason(Reason.Kind kind, String what, @Nullable Exit exit) {
        if (exit == null) {
            return Reason.of(kind, what + " (exit code unknown)");
        }
        String code = exit.code() == null ? "exit code unknown" : "exit code " + exit.code();
        String memory = exit.outOfMemory() ? ", out of memory" : "";
        List<String> output = exit.output();
        return new Reason(kind, what + " (" + code + memory + ")", exit.code(), output);
    }
}
