// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * Clock, timers and threads of a simulated world. What threads would do now is done in any order, but before the clock
 * moves; timers run in the order of their times, those of the world before or after those of the core at the same time.
 */
final class Agenda implements Ticker, Scheduler, Executor {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final int MOST_AT_ONCE = 20_000;

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final Runnable afterEach;
    private long now = 1_000_000_000L;
    private long suspendedNanos;
    private long count;
    private int coreTimers;
    private long ran;
    private long stillNanos;
    private int still;

    /** The order of tasks that are due at once; null while nothing varies. */
    private Dice order = new Dice(0);

    /** {@code afterEach} runs after each task and timer. */
    Agenda(Runnable afterEach) {
        this.afterEach = afterEach;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Instant wall() {
        return START.plusNanos(now + suspendedNanos);
    }

    @Override
    public void sleep(Duration duration) {
        throw new UnsupportedOperationException("the core never sleeps");
    }

    /** A timer of the core. */
    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        Entry entry = new Entry(this, now + Math.max(0, delayNanos), count++, task, true);
        coreTimers++;
        entries.add(entry);
        return entry;
    }

    /** Something that the world does later. */
    void later(long delayNanos, Runnable task) {
        entries.add(new Entry(this, now + delayNanos, count++ + order.below(33) - 16, task, false));
    }

    /** A look at the world once all is done that is due at that time. */
    void lookLater(long delayNanos, Runnable look) {
        entries.add(new Entry(
                this,
                now + delayNanos + 1,
                count++,
                () -> {
                    drain();
                    look.run();
                },
                false));
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    void order(Dice dice) {
        order = dice;
    }

    int coreTimers() {
        return coreTimers;
    }

    long ran() {
        return ran;
    }

    /** The timers of the core that are set, for a person. */
    List<String> timers() {
        return entries.stream()
                .filter(entry -> entry.core && !entry.cancelled)
                .map(entry -> entry.task.getClass().getSimpleName() + " in " + (entry.at - now) + " ns")
                .toList();
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** Runs one of the tasks that are due now. */
    void runTask() {
        if (!tasks.isEmpty()) {
            int last = tasks.size() - 1;
            int pick = last > 0 && order.chance(60) ? order.below(last + 1) : 0;
            moves();
            tasks.remove(pick).run();
            afterEach.run();
        }
    }

    /** Counts what happens, and notices when things go round without the clock going on. */
    private void moves() {
        ran++;
        if (now != stillNanos) {
            stillNanos = now;
            still = 0;
        } else if (++still > MOST_AT_ONCE) {
            throw new Violation("goes round", MOST_AT_ONCE + " things happen at once");
        }
    }

    void drain() {
        while (!tasks.isEmpty()) {
            runTask();
        }
    }

    /** Runs the next timer, if there is one before the given time. */
    boolean runNext(long end) {
        drain();
        Entry next = entries.peek();
        while (next != null && next.cancelled) {
            entries.poll();
            next = entries.peek();
        }
        if (next == null || next.at > end) {
            return false;
        }
        entries.poll();
        now = Math.max(now, next.at);
        next.done();
        moves();
        next.task.run();
        afterEach.run();
        return true;
    }

    /** Moves the clock to the given time, stopping at each timer on the way. */
    void advance(long nanos) {
        long end = now + nanos;
        while (runNext(end)) {}
        now = Math.max(now, end);
    }

    /** The host sleeps: the wall clock goes on, and the monotonic one where the platform has it so. */
    void suspend(long nanos, boolean monotonic) {
        drain();
        if (monotonic) {
            now += nanos;
        } else {
            suspendedNanos += nanos;
        }
    }

    private static final class Entry implements Timer, Comparable<Entry> {
        private final Agenda agenda;
        private final long at;
        private final long order;
        private final boolean core;
        private Runnable task;
        private boolean cancelled;

        Entry(Agenda agenda, long at, long order, Runnable task, boolean core) {
            this.agenda = agenda;
            this.at = at;
            this.order = order;
            this.task = task;
            this.core = core;
        }

        @Override
        public void cancel() {
            if (!cancelled) {
                done();
                task = () -> {};
            }
        }

        void done() {
            cancelled = true;
            if (core) {
                agenda.coreTimers--;
            }
        }

        @Override
        public int compareTo(Entry other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }
}
