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
 * <p>The parts of {@link #run()} are visible so that a simulation can hold a call between its beginning and its end
 * without a thread that blocks.
 *
 * @param <T> what the call gives
 */
public final class BlockingCall<T extends @Nullable Object> implements Runnable {
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
            result = make();
        } catch (Exception | Error e) {
            failed(e);
            return;
        }
        done(result);
    }

    /**
     * Makes the call on this thread, which has begun it.
     *
     * @return what the provider gives
     * @throws Exception what the provider throws
     */
    public T make() throws Exception {
        return call.call();
    }

    /**
     * Ends the call with what the provider gave.
     *
     * @param result handed on
     */
    public void done(T result) {
        end();
        onDone.accept(result);
    }

    /**
     * Ends the call with what the provider threw.
     *
     * @param failure handed on as a reason
     */
    public void failed(Throwable failure) {
        end();
        onFailed.accept(Reasons.of(kind, what, failure));
    }

    /**
     * Begins the call on this thread.
     *
     * @throws InterruptedException if it was interrupted before
     */
    public synchronized void begin() throws InterruptedException {
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
     * Tells whether the call was interrupted.
     *
     * @return true from the interrupt on
     */
    public synchronized boolean isInterrupted() {
        return interrupted;
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
