// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.Arrays;

/** How long wakes of one service took, the most recent sixteen. Thread-safe. */
final class StartTimes {
    private static final int KEPT = 16;

    /** Guarded by {@code this}, with the field below; grows to {@link #KEPT}. */
    private long[] nanos = {};

    private int next;

    /** The median, or -1. Written with the lock held, read without it. */
    private volatile long median = -1;

    synchronized void add(long duration) {
        if (nanos.length < KEPT) {
            nanos = Arrays.copyOf(nanos, nanos.length + 1);
            nanos[nanos.length - 1] = duration;
        } else {
            nanos[next] = duration;
            next = (next + 1) % KEPT;
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        median = sorted[sorted.length / 2];
    }

    /** The median in nanoseconds, or -1 where nothing is known. */
    long median() {
        return median;
    }
}
