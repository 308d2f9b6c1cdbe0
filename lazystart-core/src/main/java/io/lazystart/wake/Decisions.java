// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Status;
import io.lazystart.lease.Incarnation;
import io.lazystart.state.Action;
import io.lazystart.state.Policy;
import io.lazystart.state.Signal;
import io.lazystart.state.Snapshot;
import io.lazystart.state.StateMachine;
import io.lazystart.state.Step;
import io.lazystart.state.Transition;
import io.lazystart.watch.Lease;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a signal leads to: takes the lock, does to the lease word what the signal asks for, asks the machine,
 * publishes the snapshot, releases the lock, and then has the actions run. Nothing but that happens under the lock.
 */
final class Decisions {
    /** For all hosts: it holds one snapshot. */
    private static final Resting RESTING = new Resting();

    /** Replaced when the configuration has changed. Guarded by {@link #lock}. */
    private StateMachine machine;

    private final Surroundings surroundings;
    private final LongFunction<Incarnation> incarnations;
    private final Commit.WatcherParts parts;

    private final ReentrantLock lock = new ReentrantLock();
    private final ActionQueue actions = new ActionQueue();

    /** Those who want the unit's status read. Guarded by {@link #lock}. */
    private final Checks checks = new Checks();

    /** What the next incarnation is reached at. Guarded by {@link #lock}. */
    private @Nullable URI upstream;

    /** Written under {@link #lock}, read anywhere. */
    private volatile Snapshot snapshot = Snapshot.INITIAL;

    /** When the status was entered. Written under {@link #lock}, read anywhere. */
    private volatile Instant since;

    /**
     * Whose word leases are counted in; null until the first start, since a padded word is large and most of very many
     * services sleep. Written under {@link #lock}, read anywhere.
     */
    private volatile @Nullable Incarnation incarnation;

    /** Decides for a watcher; {@code incarnations} makes the closed word of an epoch. */
    Decisions(
            StateMachine machine,
            Surroundings surroundings,
            LongFunction<Incarnation> incarnations,
            Commit.WatcherParts parts,
            Instant since) {
        this.machine = machine;
        this.surroundings = surroundings;
        this.incarnations = incarnations;
        this.parts = parts;
        this.since = since;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Instant since() {
        return since;
    }

    /** Null before the first start. */
    @Nullable
    Incarnation incarnation() {
        return incarnation;
    }

    /** A lease, if one can be had at once. */
    @Nullable
    Lease tryAcquire() {
        Incarnation current = incarnation;
        return current == null ? null : current.tryAcquire();
    }

    /** How many leases are open, where that counts: those of a unit that has ended do not. */
    int leases(Snapshot of) {
        Incarnation current = incarnation;
        boolean count = of.status() == Status.READY || of.status() == Status.STOPPING || of.step() == Step.AILING;
        return current != null && count ? current.leases() : 0;
    }

    void signal(Signal signal) {
        locked(() -> commit(signal, null));
    }

    /** Runs a task that does not block between two decisions. */
    void between(Runnable task) {
        locked(task);
    }

    /**
     * A signal that depends on what was decided last, formed under the lock: the word is closed before the snapshot that
     * says why is there to be read. None if null is formed.
     */
    void signal(Function<Snapshot, @Nullable Signal> form) {
        locked(() -> {
            Signal formed = form.apply(snapshot);
            if (formed != null) {
                commit(formed, null);
            }
        });
    }

    /** Decides by another policy from now on, beginning with the signal; its actions come after the refitting. */
    void retune(Policy policy, Runnable refit, Signal signal) {
        locked(() -> {
            machine = new StateMachine(policy);
            Incarnation current = incarnation;
            if (current != null) {
                current.sleepsAtOnce(policy.idleNanos() == 0);
            }
            actions.add(List.of(refit));
            commit(signal, null);
        });
    }

    /** A signal about a caller who is not held yet. */
    void signal(Signal signal, Waiter subject) {
        locked(() -> commit(signal, subject));
    }

    /** A signal about a caller who is held; none if that has ended meanwhile. */
    void signalIfHeld(Signal signal, Waiter held) {
        locked(() -> {
            if (parts.waiters().contains(held)) {
                commit(signal, held);
            }
        });
    }

    /** A caller who was held has gone; none if that was ended first. */
    void signalIfWithdrawn(Signal signal, Waiter gone) {
        locked(() -> {
            if (parts.waiters().remove(gone)) {
                commit(signal, null);
            }
        });
    }

    /** The next incarnation is reached at the address. */
    void signalReady(Signal signal, @Nullable URI address) {
        locked(() -> {
            upstream = address;
            commit(signal, null);
        });
    }

    /** Has the unit's status read and then runs the answer, which does not block. */
    void check(Signal recheck, Runnable answer) {
        locked(() -> {
            if (snapshot.read() != 0) {
                checks.queue(answer);
            } else {
                checks.begin(answer);
                commit(recheck, null);
            }
        });
    }

    /** Has the unit's status read because events may have been lost. */
    void resync(Signal recheck) {
        locked(() -> {
            Snapshot s = snapshot;
            // A read that decides what comes next is begun again; any other is followed by one.
            if (s.read() != 0 && s.step() != Step.LOOK && s.step() != Step.CONFIRM) {
                checks.queue();
            } else {
                commit(recheck, null);
            }
        });
    }

    /** Runs a task between the actions of two decisions. */
    void enqueue(Runnable task) {
        locked(() -> actions.add(List.of(task)));
    }

    private void locked(Runnable decision) {
        actions.decide(lock, decision);
    }

    /** Decides, under the lock; what is to be done is left in the action queue. */
    private void commit(Signal signal, @Nullable Waiter subject) {
        Snapshot before = snapshot;
        Incarnation old = incarnation;
        Lease taken = null;
        Signal formed = signal;
        switch (signal.word(before)) {
            case NONE -> {}
            case TAKE -> taken = old == null ? null : old.tryAcquire();
            case CLOSE_IF_IDLE -> formed = signal.withLeases(old == null ? 0 : old.closeIfIdle(stamp(signal)));
            case CLOSE, COUNT -> formed = signal.withLeases(old == null ? 0 : old.close());
        }
        Transition transition = machine.step(before, formed);
        Snapshot after = RESTING.shared(transition.snapshot());
        openWord(before, after);
        if (before.status() != after.status()) {
            since = surroundings.ticker().wall();
        }
        snapshot = after;
        actions.add(bind(before, formed, transition, new Commit(parts, old, incarnation, subject, taken)));
        if (after.read() == 0 && checks.turn()) {
            commit(new Signal.Recheck(surroundings.ticker().nanos()), null);
        }
    }

    private static long stamp(Signal signal) {
        return signal instanceof Signal.IdleAnswered answer ? answer.stamp() : 0;
    }

    /** An unhealthy unit keeps its incarnation, and its word opens again when it is well. */
    private void openWord(Snapshot before, Snapshot after) {
        boolean wakes = after.status() == Status.STARTING || after.status() == Status.READY;
        if (before.epoch() != after.epoch() && wakes && after.step() != Step.AILING) {
            incarnation = incarnations.apply(after.epoch());
        }
        if (before.step() == Step.AILING && after.status() == Status.READY) {
            started().reopen(before.waiters());
        } else if (before.status() != Status.READY && after.status() == Status.READY) {
            started().open(before.waiters(), upstream);
        }
    }

    private Incarnation started() {
        return Objects.requireNonNull(incarnation, "READY without a start");
    }

    /** Binds the actions to what they are about, under the lock. */
    private List<Runnable> bind(Snapshot old, Signal signal, Transition transition, Commit commit) {
        Snapshot next = transition.snapshot();
        List<Runnable> tasks = new ArrayList<>(transition.actions().size() + 2);
        if (parts.effects().traces()) {
            tasks.add(() -> parts.effects().decided(signal, old, next));
        }
        if (old.epoch() != next.epoch() || old.status() != next.status()) {
            tasks.add(parts.effects()::statusLeft);
        }
        if (old.verb() != null
                && (next.verb() == null || next.verb().id() != old.verb().id())) {
            tasks.add(parts.effects()::slotFreed);
        }
        for (Action action : transition.actions()) {
            tasks.add(action.bind(commit));
        }
        if (next.read() == 0) {
            tasks.addAll(checks.answered());
        }
        return tasks;
    }
}
