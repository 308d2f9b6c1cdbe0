// SPDX-License-Identifier: Apache-2.0
package io.lazystart.time;

/** Runs short tasks later. Thread-safe. A task must not block: it hands work on to other threads. */
public interface Scheduler {

    /**
     * Runs a task once, later.
     *
     * @param task what to run; what it throws is logged; not null
     * @param delayNanos nanoseconds from now; zero or negative means as soon as possible
     * @return a handle that cancels the task
     */
    Timer schedule(Runnable task, long delayNanos);

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Timer {

        /** Forgets the task if it has not begun. Idempotent. */
        void cancel();
    }
}
