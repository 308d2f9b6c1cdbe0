// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;

/**
 * When a service may be started again after a failure.
 *
 * @param first first delay; doubles with each failure; default 1 s
 * @param max longest delay; default 5 min
 * @param stableAfter how long the service must be READY before earlier failures are forgotten; default 10 s
 */
public record BackoffConfig(Duration first, Duration max, Duration stableAfter) {
    /** 1 s doubling to 5 min, forgotten after 10 s in READY. */
    public static final BackoffConfig DEFAULT =
            new BackoffConfig(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(10));
}
