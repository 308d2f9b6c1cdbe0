// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import io.lazystart.failure.LazyStartException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A verb that failed, with what the provider knows about it. Providers may throw any other exception as well. */
public final class ProviderException extends LazyStartException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Exit exit;

    /**
     * Creates a failure.
     *
     * @param message what went wrong, for the person who reads the answer; not null
     * @param exit how the unit ended, or null where it has not or that is unknown
     * @param cause what led to it, or null
     */
    public ProviderException(String message, @Nullable Exit exit, @Nullable Throwable cause) {
        super(message, cause);
        this.exit = exit;
    }

    /**
     * Tells how the unit ended.
     *
     * @return exit code and last output, or null where the unit has not ended or that is unknown
     */
    public @Nullable Exit exit() {
        return exit;
    }
}
