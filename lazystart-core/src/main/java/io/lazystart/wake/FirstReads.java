// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts units that have not been read since the host began. Until all have been, no idle time ends: a dependency that was
 * found running would be put to sleep before its dependents were found running too. Thread-safe.
 */
public final class FirstReads {
    /** Guarded by {@code this}, with the field below. */
    private int missing;

    /** What waits for the reads; null once all are done. */
    private @Nullable List<Runnable> waiting = new ArrayList<>();

    /** Creates a count of none. */
    public FirstReads() {}

    /** One more unit is to be read; no effect once all were. */
    synchronized void expect() {
        missing++;
    }

    /** A unit was read, or could not be. */
    void done() {
        arrived().forEach(Runnable::run);
    }

    private synchronized List<Runnable> arrived() {
        missing--;
        if (missing > 0 || waiting == null) {
            return List.of();
        }
        List<Runnable> all = waiting;
        waiting = null;
        return all;
    }

    /** Runs the task when all units have been read, at once if they have. */
    void whenDone(Runnable task) {
        if (!queued(task)) {
            task.run();
        }
    }

    private synchronized boolean queued(Runnable task) {
        return waiting != null && waiting.add(task);
    }
}
