// SPDX-License-Identifier: Apache-2.0
package io.lazystart.failure;

import org.jspecify.annotations.Nullable;

/** Root of every exception that lazystart throws on its own account. Unchecked; the message says what was expected. */
public class LazyStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without a cause.
     *
     * @param message what went wrong and what was expected; not null
     */
    public LazyStartException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param message what went wrong and what was expected; not null
     * @param cause what led to it, or null
     */
    public LazyStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
