// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** How long wakes of one service took, the most recent sixteen. Thread-safe. */
public final class StartTimes {
    static final int KEPT = 16;

    private static final long[] NONE = {};

    /** Runs after each wake that was learned, without any lock. */
    private final Consumer<StartTimes> onLearned;

    /** Guarded by {@code this}, with the field below; grows to {@link #KEPT}. */
    private long[] nanos;

    /** Where the oldest stands once there are {@link #KEPT}. */
    private int next;

    /** The median, or -1. Written with the lock held, read without it. */
    private volatile long median;

    /** Begins without any; they are forgotten with this object. */
    public StartTimes() {
        this(List.of(), times -> {});
    }

    /** Begins with those of an earlier host, oldest first, at most {@link #KEPT}; {@code onLearned} does not block. */
    StartTimes(List<Long> earlier, Consumer<StartTimes> onLearned) {
        this.onLearned = onLearned;
        this.nanos = earlier.isEmpty()
                ? NONE
                : earlier.stream().mapToLong(Long::longValue).toArray();
        this.median = medianOf(nanos);
    }

    void add(long duration) {
        synchronized (this) {
            if (nanos.length < KEPT) {
                nanos = Arrays.copyOf(nanos, nanos.length + 1);
                nanos[nanos.length - 1] = duration;
            } else {
                nanos[next] = duration;
                next = (next + 1) % KEPT;
            }
            median = medianOf(nanos);
        }
        onLearned.accept(this);
    }

    private static long medianOf(long[] durations) {
        if (durations.length == 0) {
            return -1;
        }
        long[] sorted = durations.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The median in nanoseconds, or -1 where nothing is known. */
    long median() {
        return median;
    }

    /** A copy of all that are kept, oldest first. */
    synchronized List<Long> recent() {
        List<Long> recent = new ArrayList<>(nanos.length);
        for (int i = 0; i < nanos.length; i++) {
            recent.add(nanos[(next + i) % nanos.length]);
        }
        return recent;
    }
}
