// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.time.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Timers and threads in virtual time, on the thread of the test: tasks run in the order of their times when the clock is
 * moved, tasks for now in the order given. As an {@link Executor} it queues a task for now. Thread-safe for scheduling;
 * one thread moves it.
 */
public final class VirtualScheduler implements Scheduler, Executor {
    private final FakeTicker ticker;

    /** Guarded by {@code this}, with the two fields below. */
    private final PriorityQueue<Entry> timers =
            new PriorityQueue<>(Comparator.comparingLong(Entry::atNanos).thenComparingLong(Entry::number));

    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private long count;

    /**
     * Creates a scheduler without tasks.
     *
     * @param ticker the clock it moves
     */
    public VirtualScheduler(FakeTicker ticker) {
        this.ticker = ticker;
    }

    @Override
    public synchronized Timer schedule(Runnable task, long delayNanos) {
        Entry entry = new Entry(ticker.nanos() + Math.max(0, delayNanos), count++, task);
        timers.add(entry);
        return () -> cancel(entry);
    }

    private synchronized void cancel(Entry entry) {
        timers.remove(entry);
    }

    @Override
    public synchronized void execute(Runnable task) {
        ready.add(task);
    }

    /** Runs everything that is due now, and what comes of it. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /**
     * Moves the clock on, stopping at each timer on the way to run it and what comes of it.
     *
     * @param duration by how much; not negative
     */
    public void advance(Duration duration) {
        long end = ticker.nanos() + duration.toNanos();
        for (Runnable task = next(end); task != null; task = next(end)) {
            task.run();
        }
        ticker.advance(Duration.ofNanos(end - ticker.nanos()));
    }

    private synchronized @Nullable Runnable next(long end) {
        Runnable task = ready.poll();
        if (task != null) {
            return task;
        }
        Entry timer = timers.peek();
        if (timer == null || timer.atNanos() - end > 0) {
            return null;
        }
        timers.poll();
        ticker.advance(Duration.ofNanos(Math.max(0, timer.atNanos() - ticker.nanos())));
        return timer.task();
    }

    /**
     * Counts what waits for its time.
     *
     * @return timers that are set
     */
    public synchronized int pending() {
        return timers.size();
    }

    private record Entry(long atNanos, long number, Runnable task) {}
}
