// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;

/**
 * When a service may be started again after a failure.
 *
 * @param first first delay; doubles with each failure; default 1 s
 * @param max longest delay; default 5 min
 * @param stableAfter how long the service must be READY before earlier failures are forgotten; default 10 s
 * @param openAfter after so many failures in a row, starts and deaths together, the circuit opens: nothing starts the service
 *     but a person's wake or a reset; one or more; default 10
 */
public record BackoffConfig(Duration first, Duration max, Duration stableAfter, int openAfter) {
    /** 1 s doubling to 5 min, forgotten after 10 s in READY, given up after ten failures. */
    public static final BackoffConfig DEFAULT =
            new BackoffConfig(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(10), 10);
}
