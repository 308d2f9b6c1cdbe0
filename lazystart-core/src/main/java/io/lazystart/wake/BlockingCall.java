// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import io.lazystart.time.Scheduler;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of a provider on a worker thread, which can be interrupted without harm to what the thread does next. Ends
 * with exactly one answer, unless the provider never returns.
 *
 * @param <T> what the call gives
 */
final class BlockingCall<T extends @Nullable Object> implements Runnable {
    private final Callable<T> call;
    private final Consumer<T> onDone;
    private final Consumer<Reason> onFailed;
    private final Reason.Kind kind;
    private final String what;

    /** Guarded by {@code this}. */
    private @Nullable Thread thread;

    /** Guarded by {@code this}. */
    private boolean interrupted;

    /** Guarded by {@code this}. */
    private boolean ended;

    /** Guarded by {@code this}. */
    private Scheduler.@Nullable Timer deadline;

    BlockingCall(String what, Reason.Kind kind, Callable<T> call, Consumer<T> onDone, Consumer<Reason> onFailed) {
        this.what = what;
        this.kind = kind;
        this.call = call;
        this.onDone = onDone;
        this.onFailed = onFailed;
    }

    @Override
    public void run() {
        T result;
        try {
            begin();
            result = call.call();
        } catch (Exception | Error e) {
            end();
            onFailed.accept(Reasons.of(kind, what, e));
            return;
        }
        end();
        onDone.accept(result);
    }

    private synchronized void begin() throws InterruptedException {
        if (interrupted) {
            throw new InterruptedException("before it began");
        }
        thread = Thread.currentThread();
    }

    /** From here on no interrupt reaches the thread; one that came in the last moment is taken back. */
    private synchronized void end() {
        thread = null;
        ended = true;
        if (deadline != null) {
            deadline.cancel();
        }
        Thread.interrupted();
    }

    /** Sets the timer of the call's deadline, which is forgotten when the call ends. */
    synchronized void deadline(Scheduler.Timer timer) {
        if (ended) {
            timer.cancel();
        } else {
            deadline = timer;
        }
    }

    /**
     * Interrupts the call, or keeps it from beginning.
     *
     * @return false if it has ended already
     */
    synchronized boolean interrupt() {
        if (ended) {
            return false;
        }
        interrupted = true;
        if (thread != null) {
            thread.interrupt();
        }
        return true;
    }
}
