// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Cause;
import io.lazystart.failure.LazyStartException;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.state.Signal;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Those who want leases of one service: served at once, held until it is ready or they can wait no longer, or refused. */
final class Callers {
    private final String service;
    private final Decisions decisions;
    private final Surroundings surroundings;

    /** What this service may take of the room that all share. */
    private final WaitingRoom room;

    Callers(String service, Decisions decisions, Surroundings surroundings) {
        this.service = service;
        this.decisions = decisions;
        this.surroundings = surroundings;
        this.room = surroundings.room().share();
    }

    /** A lease, or why there is none; {@code longest} is waited where the request does not say how long. */
    CompletionStage<Lease> acquire(WakeRequest request, Duration longest) {
        Waiter waiter = new Waiter(request.cause(), this::left);
        Lease lease = decisions.tryAcquire();
        if (lease != null) {
            surroundings.completions().execute(() -> waiter.serve(lease));
            return waiter;
        }
        String full = room.enter();
        if (full == null) {
            hold(waiter, request.deadline() == null ? longest : request.deadline());
        } else {
            Reason reason = Reason.of(Reason.Kind.WAITING_ROOM_FULL, full);
            surroundings.completions().execute(() -> waiter.fail(new WakeException(reason, null)));
        }
        return waiter;
    }

    /** A lease for a service that depends on this one: waited for without end, and without a place in the waiting room. */
    CompletableFuture<Lease> hold(Cause cause) {
        Waiter waiter = new Waiter(cause, this::left);
        decisions.signal(new Signal.Acquire(now(), cause), waiter);
        return waiter;
    }

    private void hold(Waiter waiter, Duration wait) {
        waiter.enter(room);
        decisions.signal(new Signal.Acquire(now(), waiter.cause()), waiter);
        if (!waiter.isDone()) {
            waiter.deadline(surroundings.scheduler().schedule(() -> expired(waiter), WatcherConfig.nanos(wait)));
        }
    }

    /** A lease for a thread of the host, which waits for it here. */
    Lease acquire(Duration wait) throws InterruptedException {
        CompletableFuture<Lease> future =
                acquire(WakeRequest.of(Cause.request("host application")), wait).toCompletableFuture();
        try {
            return future.get();
        } catch (InterruptedException e) {
            if (!future.cancel(true) && !future.isCompletedExceptionally()) {
                future.join().close(); // served at the moment of the interrupt
            }
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WakeException refusal) {
                throw new WakeException(refusal.reason(), refusal.retryAfter());
            }
            throw new LazyStartException(service + ": waiting failed", e.getCause());
        } catch (CancellationException e) {
            throw new LazyStartException(service + ": waiting was cancelled", e);
        }
    }

    private void left(Waiter waiter) {
        decisions.signalIfWithdrawn(new Signal.WaiterLeft(now()), waiter);
    }

    private void expired(Waiter waiter) {
        decisions.signalIfHeld(new Signal.WaiterExpired(now()), waiter);
    }

    private long now() {
        return surroundings.ticker().nanos();
    }
}
