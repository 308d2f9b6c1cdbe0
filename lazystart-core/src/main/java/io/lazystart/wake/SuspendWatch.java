// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.time.Ticker;
import java.time.Duration;
import java.time.Instant;

/**
 * Notices that the host was suspended: the wall clock has gone on by more than five seconds more than the monotonic
 * one, or a timer is that late. Thread-safe.
 */
public final class SuspendWatch {
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private final Ticker ticker;

    /** Guarded by {@code this}, with the fields below. */
    private Instant wall;

    private long nanos;
    private long reportedNanos;

    /**
     * Starts watching.
     *
     * @param ticker both clocks
     */
    public SuspendWatch(Ticker ticker) {
        this.ticker = ticker;
        this.wall = ticker.wall();
        this.nanos = ticker.nanos();
        this.reportedNanos = nanos;
    }

    /**
     * Compares the clocks.
     *
     * @param lateNanos how late the timer is that asks
     * @return true once for each suspend
     */
    public synchronized boolean suspended(long lateNanos) {
        Instant wallNow = ticker.wall();
        long nanosNow = ticker.nanos();
        Duration drift =
                Duration.between(wall, wallNow).minusNanos(nanosNow - nanos).abs();
        wall = wallNow;
        nanos = nanosNow;
        // A timer that was due before the last report is late by the suspend that was reported.
        boolean late = lateNanos > TOLERANCE.toNanos() && nanosNow - lateNanos - reportedNanos > 0;
        boolean suspended = late || drift.compareTo(TOLERANCE) > 0;
        if (suspended) {
            reportedNanos = nanosNow;
        }
        return suspended;
    }
}
