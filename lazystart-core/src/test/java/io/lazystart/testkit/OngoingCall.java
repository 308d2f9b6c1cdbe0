// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call of a provider on a thread of its own, as the core makes it, so that one that hangs fails a case and no more. */
final class OngoingCall {
    private final String what;
    private final Duration patience;
    private final FutureTask<Object> task;
    private final Thread thread;

    private OngoingCall(String what, Duration patience, Callable<?> call) {
        this.what = what;
        this.patience = patience;
        this.task = new FutureTask<>(call::call);
        this.thread = new Thread(task, "contract-" + what);
        thread.setDaemon(true);
    }

    static OngoingCall begin(String what, Duration patience, Callable<?> call) {
        OngoingCall begun = new OngoingCall(what, patience, call);
        begun.thread.start();
        return begun;
    }

    /** Does what the core does when the call's deadline has passed. */
    OngoingCall interrupt() {
        thread.interrupt();
        return this;
    }

    /** Waits for the end of the call. */
    Outcome end() throws InterruptedException {
        return end(patience);
    }

    Outcome end(Duration within) throws InterruptedException {
        try {
            return new Outcome(what, task.get(within.toNanos(), TimeUnit.NANOSECONDS), null);
        } catch (ExecutionException failed) {
            return new Outcome(what, null, failed.getCause());
        } catch (TimeoutException hangs) {
            AssertionError where = new AssertionError("it is here");
            where.setStackTrace(thread.getStackTrace());
            thread.interrupt();
            throw new AssertionError(what + ": has not ended (expected: within " + within + ")", where);
        }
    }
}
