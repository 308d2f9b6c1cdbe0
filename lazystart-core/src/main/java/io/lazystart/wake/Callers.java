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
        Waiter waiter = new Waiter(request.cause(), this::left, surroundings.completions());
        Lease lease = decisions.tryAcquire();
        if (lease != null) {
            waiter.serve(lease);
        } else {
            enter(waiter, request.deadline() == null ? longest : request.deadline());
        }
        return waiter;
    }

    private void enter(Waiter waiter, Duration wait) {
        String full = room.enter();
        if (full == null) {
            hold(waiter, wait);
        } else {
            waiter.fail(new WakeException(Reason.of(Reason.Kind.WAITING_ROOM_FULL, full), null));
        }
    }

    /** A lease for a service that depends on this one: waited for without end, and without a place in the waiting room. */
    CompletableFuture<Lease> hold(Cause cause) {
        Waiter waiter = new Waiter(cause, this::left, surroundings.tasks());
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

    /** A lease for a thread of the host, which waits for it here: also one of those that others are completed on. */
    Lease acquire(Duration wait) throws InterruptedException {
        Lease lease = decisions.tryAcquire();
        if (lease != null) {
            return lease;
        }
        Waiter waiter = new Waiter(Cause.request("host application"), this::left, Runnable::run);
        enter(waiter, wait);
        try {
            return waiter.get();
        } catch (InterruptedException e) {
            if (!waiter.cancel(true) && !waiter.isCompletedExceptionally()) {
                waiter.join().close(); // served at the moment of the interrupt
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
