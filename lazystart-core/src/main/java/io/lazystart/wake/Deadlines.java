// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deadlines that are all equally far away, and so pass in the order in which they were set. One timer runs for all of them,
 * and none while there are none: to set one and to cancel it takes the same short time however many there are, as when a
 * host begins and reads all its units at once. Thread-safe.
 */
public final class Deadlines {
    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);
    /** How long reading a status may take. */
    static final long READ_NANOS = 10_000_000_000L;

    private final Ticker ticker;
    private final Scheduler scheduler;
    private final long nanos;

    /** Stands before the first deadline and after the last. Guarded by {@code this}, with the rings' links. */
    private final Deadline ends = new Deadline(() -> {}, 0);

    /** For the first deadline, or one that was first; null while none is to come. Guarded by {@code this}, with the field below. */
    private Scheduler.@Nullable Timer timer;

    /** Tells the timer that counts from those that were too late to be cancelled. */
    private long turns;

    /** Creates them, so far away each when it is set; none is. */
    Deadlines(Ticker ticker, Scheduler scheduler, long nanos) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.nanos = nanos;
    }

    /**
     * Creates those of status reads.
     *
     * @param ticker the clock
     * @param scheduler runs the timer
     * @return none is set
     */
    public static Deadlines ofReads(Ticker ticker, Scheduler scheduler) {
        return new Deadlines(ticker, scheduler, READ_NANOS);
    }

    /** Runs the task when the deadline passes, unless it is cancelled before. The task does not block. */
    synchronized Scheduler.Timer set(Runnable task) {
        Deadline last = new Deadline(task, ticker.nanos() + nanos);
        last.before = ends.before;
        last.after = ends;
        ends.before.after = last;
        ends.before = last;
        // Else there is a timer, or those that have passed are being run and the next is armed after them.
        if (ends.after == last) {
            arm(nanos);
        }
        return last;
    }

    private void arm(long delayNanos) {
        long turn = ++turns;
        timer = scheduler.schedule(() -> passed(turn), delayNanos);
    }

    private void passed(long turn) {
        for (Runnable task = first(turn); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("deadline failed", e);
            }
        }
    }

    private synchronized @Nullable Runnable first(long turn) {
        if (turn != turns) {
            return null; // it was cancelled when it ran already
        }
        timer = null;
        return next();
    }

    /** The next task whose time has come; null, with a timer for the others, if there is none. */
    private synchronized @Nullable Runnable next() {
        Deadline first = ends.after;
        if (first == ends) {
            return null;
        }
        long rest = first.at - ticker.nanos();
        if (rest > 0) {
            if (timer == null) {
                arm(rest);
            }
            return null;
        }
        unlink(first);
        return first.task;
    }

    private void unlink(Deadline gone) {
        gone.before.after = gone.after;
        gone.after.before = gone.before;
        gone.before = gone;
        gone.after = gone;
        if (ends.after == ends && timer != null) {
            timer.cancel();
            timer = null;
            turns++;
        }
    }

    /** Linked with itself while it is not set, or no more. */
    private final class Deadline implements Scheduler.Timer {
        private final Runnable task;
        private final long at;
        private Deadline before = this;
        private Deadline after = this;

        Deadline(Runnable task, long at) {
            this.task = task;
            this.at = at;
        }

        @Override
        public void cancel() {
            synchronized (Deadlines.this) {
                if (after != this) {
                    unlink(this);
                }
            }
        }
    }
}
