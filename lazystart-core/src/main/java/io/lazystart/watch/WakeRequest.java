// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

import io.lazystart.event.Cause;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a lease and says who asks and how long they wait.
 *
 * @param cause who asks; not null
 * @param deadline how long the caller waits, from now; null means the service's {@code hold-timeout}
 */
public record WakeRequest(Cause cause, @Nullable Duration deadline) {
    /**
     * Checks the components.
     *
     * @param cause the component
     * @param deadline the component
     */
    public WakeRequest {
        Objects.requireNonNull(cause, "cause");
        if (deadline != null && deadline.isNegative()) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: zero or more)");
        }
    }

    /**
     * A request that waits as long as the service's {@code hold-timeout}.
     *
     * @param cause who asks; not null
     * @return the request
     */
    public static WakeRequest of(Cause cause) {
        return new WakeRequest(cause, null);
    }

    /**
     * The same request with a deadline of its own.
     *
     * @param wait how long the caller waits, from the call of acquire; zero or more
     * @return the request
     */
    public WakeRequest deadline(Duration wait) {
        return new WakeRequest(cause, wait);
    }
}
