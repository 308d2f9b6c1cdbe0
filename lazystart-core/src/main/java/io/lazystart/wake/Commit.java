// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.lease.Incarnation;
import io.lazystart.state.Action;
import io.lazystart.state.Actor;
import io.lazystart.watch.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Binds the actions of one decision, under the watcher's lock: takes out the waiters that are to end, remembers which
 * incarnation is lost. What it gives back runs off the lock.
 */
final class Commit implements Actor {
    private final Effects effects;
    private final Surroundings surroundings;
    private final StartTimes startTimes;
    private final CompletableFuture<Void> closed;
    private final Waiters waiters;
    private final @Nullable Incarnation before;
    private final @Nullable Incarnation after;
    private final @Nullable Waiter subject;
    private final @Nullable Lease taken;

    /** Binds for a watcher whose incarnation was {@code before} and is {@code after} the decision. */
    Commit(
            WatcherParts parts,
            @Nullable Incarnation before,
            @Nullable Incarnation after,
            @Nullable Waiter subject,
            @Nullable Lease taken) {
        this.effects = parts.effects();
        this.surroundings = parts.surroundings();
        this.startTimes = parts.startTimes();
        this.closed = parts.closed();
        this.waiters = parts.waiters();
        this.before = before;
        this.after = after;
        this.subject = subject;
        this.taken = taken;
    }

    /**
     * What a watcher is made of, as far as its actions need it.
     *
     * @param effects what it does to its surroundings
     * @param surroundings what it shares with others
     * @param startTimes how long its wakes took
     * @param closed completes when it has closed
     * @param waiters callers held; guarded by the watcher's lock
     */
    record WatcherParts(
            Effects effects,
            Surroundings surroundings,
            StartTimes startTimes,
            CompletableFuture<Void> closed,
            Waiters waiters) {
        WatcherParts(Effects effects, Surroundings surroundings, StartTimes startTimes) {
            this(effects, surroundings, startTimes, new CompletableFuture<>(), new Waiters());
        }
    }

    private static void nothing() {}

    private Waiter subject() {
        return Objects.requireNonNull(subject, "the signal is about no waiter");
    }

    private Runnable fail(List<Waiter> ended, Reason reason, long retryAtNanos) {
        return () -> {
            long rest = retryAtNanos - surroundings.ticker().nanos();
            WakeException failure = new WakeException(reason, rest > 0 ? Duration.ofNanos(rest) : null);
            ended.forEach(waiter -> waiter.fail(failure));
        };
    }

    @Override
    public Runnable keepOne() {
        waiters.add(subject());
        return Commit::nothing;
    }

    @Override
    public Runnable serveOne() {
        Waiter waiter = subject();
        Lease lease = Objects.requireNonNull(taken, "no lease was taken");
        return () -> waiter.serve(lease);
    }

    @Override
    public Runnable refuseOne(Action.RefuseOne action) {
        return fail(List.of(subject()), action.reason(), action.retryAtNanos());
    }

    @Override
    public Runnable expireOne() {
        waiters.remove(subject());
        Reason reason = Reason.of(Reason.Kind.WAIT_EXPIRED, "not ready before the caller's own deadline");
        return fail(List.of(subject()), reason, surroundings.ticker().nanos());
    }

    @Override
    public Runnable serveWaiters() {
        List<Waiter> served = waiters.takeAll();
        Incarnation opened = Objects.requireNonNull(after, "READY without a start");
        return () -> served.forEach(waiter -> waiter.serve(opened.counted()));
    }

    @Override
    public Runnable failWaiters(Action.FailWaiters action) {
        return fail(waiters.takeAll(), action.reason(), action.retryAtNanos());
    }

    @Override
    public Runnable loseLeases(Action.LoseLeases action) {
        Incarnation lost = before;
        return lost == null
                ? Commit::nothing
                : () -> lost.lose(action.reason()).forEach(surroundings.completions()::execute);
    }

    @Override
    public Runnable learn(Action.Learn action) {
        return () -> startTimes.add(action.nanos());
    }

    @Override
    public Runnable tellCircuit(Action.TellCircuit action) {
        return () -> effects.tellCircuit(action);
    }

    @Override
    public Runnable vacated() {
        return effects::vacated;
    }

    @Override
    public Runnable closed(Action.Closed action) {
        return () -> {
            effects.closed(action);
            surroundings.tasks().execute(() -> closed.complete(null));
        };
    }

    @Override
    public Runnable publish(Action.Publish action) {
        return () -> effects.publish(action);
    }

    @Override
    public Runnable arm(Action.Arm action) {
        return () -> effects.arm(action);
    }

    @Override
    public Runnable takeDependencies(Action.TakeDependencies action) {
        return () -> effects.takeDependencies(action);
    }

    @Override
    public Runnable keepDependencies(Action.KeepDependencies action) {
        return () -> effects.keepDependencies(action);
    }

    @Override
    public Runnable releaseDependencies(Action.ReleaseDependencies action) {
        return () -> effects.releaseDependencies(action);
    }

    @Override
    public Runnable read(Action.Read action) {
        return () -> effects.read(action);
    }

    @Override
    public Runnable run(Action.Run action) {
        return () -> effects.run(action);
    }

    @Override
    public Runnable interrupt(Action.Interrupt action) {
        return () -> effects.interrupt(action);
    }

    @Override
    public Runnable abandon(Action.Abandon action) {
        return () -> effects.abandon(action);
    }

    @Override
    public Runnable probe(Action.Probe action) {
        return () -> effects.probe(action);
    }

    @Override
    public Runnable watchHealth(Action.WatchHealth action) {
        return () -> effects.watchHealth(action);
    }

    @Override
    public Runnable stopProbing() {
        return effects::stopProbing;
    }

    @Override
    public Runnable askVetoes(Action.AskVetoes action) {
        return () -> effects.askVetoes(action);
    }
}
