// SPDX-License-Identifier: Apache-2.0
package io.lazystart.failure;

import java.io.Serial;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a caller did not get a lease. Every waiter of one wake attempt sees the same {@link Reason}. Carries no stack
 * trace: it is an answer, thrown on a core thread, whose trace would say nothing about the caller.
 */
public final class WakeException extends LazyStartException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;
    /** Rest of the back-off, or null. */
    private final @Nullable Duration retryAfter;

    /**
     * Creates the answer to a caller that is not served.
     *
     * @param reason why; not null
     * @param retryAfter how long it is pointless to ask again, or null where nothing is known
     */
    public WakeException(Reason reason, @Nullable Duration retryAfter) {
        super(reason.message());
        this.reason = Objects.requireNonNull(reason, "reason");
        this.retryAfter = retryAfter;
    }

    /**
     * Tells why the caller was not served.
     *
     * @return the reason; never null
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Tells how long asking again is pointless.
     *
     * @return the rest of a back-off, or null where nothing is known
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
