// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Scheduler.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Interrupts calls that take too long. For a thread of ours, which nobody else gives deadlines. */
final class CallLimit {
    private final Scheduler scheduler;
    private final long nanos;

    CallLimit(Scheduler scheduler, long nanos) {
        this.scheduler = scheduler;
        this.nanos = nanos;
    }

    /** Makes a call, which ends by an {@link InterruptedException} if it takes too long. */
    <T> @Nullable T within(Question<T> call) throws InterruptedException {
        Running running = new Running(Thread.currentThread());
        Timer timer = scheduler.schedule(running::interrupt, nanos);
        try {
            return call.ask();
        } finally {
            timer.cancel();
            running.end();
        }
    }

    /** How long a call may take. */
    @Override
    public String toString() {
        return Duration.ofNanos(nanos).toMillis() + " ms";
    }

    /** Something that may have no answer. */
    @FunctionalInterface
    interface Question<T> {
        @Nullable
        T ask() throws InterruptedException;
    }

    /** An interrupt that comes at the last moment must not hit what the thread does next. */
    private static final class Running {
        private final Thread thread;
        private boolean over; // guarded by this
        private boolean interrupted; // guarded by this

        Running(Thread thread) {
            this.thread = thread;
        }

        synchronized void interrupt() {
            if (!over) {
                interrupted = true;
                thread.interrupt();
            }
        }

        synchronized void end() {
            over = true;
            if (interrupted) {
                Thread.interrupted();
            }
        }
    }
}
