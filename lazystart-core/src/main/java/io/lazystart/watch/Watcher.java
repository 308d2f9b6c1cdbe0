// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

import io.lazystart.event.Cause;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Owns the life cycle of one unit; the only way in. Thread-safe. No method blocks unless it says so. */
public interface Watcher {

    /**
     * Names the service.
     *
     * @return the name given in the configuration
     */
    String name();

    /**
     * Takes a lease if the service is ready. Never wakes it. This is the path of every warm request: no lock, no
     * timer.
     *
     * @return a lease to close after use, or null unless the service is READY
     */
    @Nullable
    Lease tryAcquire();

    /**
     * Takes a lease, waking the service first where it sleeps.
     *
     * @param request who asks and how long they wait
     * @return completes on a core thread, never the caller's nor under a lock: with a lease, or with a {@link
     *     io.lazystart.failure.WakeException}. What follows it may block, which delays others once 64 do. Cancelling its
     *     {@link CompletionStage#toCompletableFuture() future} withdraws the waiter and does not abort the wake.
     */
    CompletionStage<Lease> acquire(WakeRequest request);

    /**
     * Blocking twin of {@link #acquire(WakeRequest)}, on the host's own account.
     *
     * @param wait how long to wait at most
     * @return the lease
     * @throws io.lazystart.failure.WakeException if the service could not be woken, or not in time
     * @throws InterruptedException if the calling thread is interrupted; the wake goes on
     */
    Lease acquire(Duration wait) throws InterruptedException;

    /**
     * Asks for the service without waiting for it.
     *
     * @param cause who asks; a {@link Cause.Kind#PERSON} is not held back by back-off or an open circuit
     * @return what the wake led to, at once: STARTING, READY, STOPPING with a restart queued; where it was refused, a snapshot with the reason
     */
    WatcherSnapshot wake(Cause cause);

    /** Puts the service to sleep once its leases have ended or the drain time has passed; callers that arrive meanwhile are served after one restart. */
    void sleep();

    /** Puts the service to sleep at once, leases or not. */
    void sleepNow();

    /**
     * Holds a status against callers and timers until the next call.
     *
     * @param pin what to hold; {@link Pin#NONE} lets go
     */
    void pin(Pin pin);

    /**
     * Forgets the service's failures: a back-off is over, and a circuit that was open closes, so that the next caller starts
     * it. Starts nothing by itself, but for a service that is pinned ready or restarts by itself. Changes nothing that runs.
     */
    void reset();

    /**
     * Has the unit's status read again because a caller found it unreachable. A ready unit that still runs is then probed,
     * at most once a second; a probe that fails counts as one of its health, even if the service has no {@code health}.
     *
     * @return completes on a core thread with the state after the read has been taken in; never exceptionally
     */
    CompletionStage<WatcherSnapshot> check();

    /**
     * Tells what the watcher knows now.
     *
     * @return a copy, at once
     */
    WatcherSnapshot snapshot();

    /**
     * Tells who woke the service and who put it to sleep: the last hundred wakes, sleeps and deaths since the host
     * opened. What is under way is told by {@link #snapshot()} and comes in when it is over.
     *
     * @return a copy, at once, oldest first; empty for a service that was never woken
     */
    List<LifeEntry> history();

    /**
     * Subscribes to events: first a snapshot, then the history of the current epoch, then what comes.
     *
     * @param listener hears them one at a time, in order
     * @param executor runs the listener; a slow one loses the oldest events and is told how many
     * @return ends the subscription when closed
     */
    Subscription subscribe(WakeListener listener, Executor executor);
}
