// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Cause;
import io.lazystart.failure.WakeException;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.Lease;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A caller held until the attempt ends. */
final class Waiter extends CompletableFuture<Lease> {
    private final Cause cause;
    private final Consumer<Waiter> onLeave;
    private final Executor executor;

    /** Guarded by {@code this}. */
    private Scheduler.@Nullable Timer deadline;

    /** The room that the waiter takes a place in. Guarded by {@code this}. */
    private @Nullable WaitingRoom room;

    /** Guarded by {@code this}. */
    private boolean ended;

    /** Completes by the executor, which runs what follows. */
    Waiter(Cause cause, Consumer<Waiter> onLeave, Executor executor) {
        this.cause = cause;
        this.onLeave = onLeave;
        this.executor = executor;
    }

    Cause cause() {
        return cause;
    }

    /** Takes over the place that was entered for this waiter, to leave it when the waiter ends. */
    synchronized void enter(WaitingRoom entered) {
        room = entered;
    }

    /** Sets the timer of the waiter's own deadline, unless it has ended already. */
    synchronized void deadline(Scheduler.Timer timer) {
        if (ended) {
            timer.cancel();
        } else {
            deadline = timer;
        }
    }

    /** Gives the lease to the caller, or back if the caller has gone. */
    void serve(Lease lease) {
        executor.execute(() -> {
            end();
            if (!complete(lease)) {
                lease.close();
            }
        });
    }

    void fail(WakeException failure) {
        executor.execute(() -> {
            end();
            completeExceptionally(failure);
        });
    }

    private synchronized void end() {
        ended = true;
        if (room != null) {
            room.leave();
            room = null;
        }
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            end();
            onLeave.accept(this);
        }
        return cancelled;
    }
}
