// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import java.util.concurrent.TimeUnit;

/**
 * How often a unit is probed, and how long one probe listens, by the time since its start: a unit that is quick is seen
 * within a millisecond of being ready, one that is slow costs little while it is not.
 */
public final class ProbeSchedule {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private ProbeSchedule() {}

    /**
     * Tells how far apart the beginnings of two probes are.
     *
     * @param elapsedNanos nanoseconds since the unit was started
     * @return a 128th of it, at least 1 ms, at most 250 ms
     */
    public static long intervalNanos(long elapsedNanos) {
        return clamp(elapsedNanos / 128, LONGEST_INTERVAL_NANOS);
    }

    /**
     * Tells how long an accepted connection must stay open to count.
     *
     * @param elapsedNanos nanoseconds since the unit was started
     * @return the whole milliseconds of a 256th of it, at least 1, at most 20: each is one that a caller waits
     */
    public static long lingerNanos(long elapsedNanos) {
        long whole = TimeUnit.NANOSECONDS.toMillis(elapsedNanos / 256);
        return clamp(TimeUnit.MILLISECONDS.toNanos(whole), LONGEST_LINGER_NANOS);
    }

    private static long clamp(long nanos, long longest) {
        return Math.max(SHORTEST_NANOS, Math.min(longest, nanos));
    }
}
