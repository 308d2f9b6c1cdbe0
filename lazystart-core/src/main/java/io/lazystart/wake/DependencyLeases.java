// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.DependencyConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action;
import io.lazystart.state.DependencySignal;
import io.lazystart.state.Step;
import io.lazystart.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one service on what it depends on. They are taken in parallel, and what is lost is taken again for as
 * long as they are not given back: a service that is awake is standing demand for its dependencies.
 *
 * <p>Everything here runs in the watcher's action queue, one task at a time; what happens elsewhere is queued there.
 */
final class DependencyLeases {
    private final String service;
    private final Surroundings surroundings;
    private final Executor queue;
    private final Decisions decisions;
    private final Function<String, @Nullable UnitWatcher> watchers;

    /** Replaced in the action queue, as the two fields below; this one is read anywhere. */
    private volatile List<Dependency> dependencies = List.of();

    /** The hold on the service's own unit, where others use it too. Replaced and read as the dependencies are. */
    private volatile @Nullable HeldUnit held;

    private long patienceNanos;
    private boolean group;

    /** The attempt that waits for them; null when there is none. */
    private Action.@Nullable TakeDependencies attempt;

    /** What was taken last, or is being taken. */
    private Action.@Nullable TakeDependencies last;

    /** Ends the wait for those that are optional. */
    private Scheduler.@Nullable Timer patience;

    /** Written in the action queue, read anywhere: what the attempt waits for. */
    private volatile List<Dependency> pending = List.of();

    /** Creates leases on nothing yet; {@code watchers} finds a service's watcher whenever it is to be woken. */
    DependencyLeases(
            WatcherConfig config,
            Surroundings surroundings,
            Function<String, @Nullable UnitWatcher> watchers,
            Decisions decisions) {
        this.service = config.service().name();
        this.surroundings = surroundings;
        this.queue = decisions::enqueue;
        this.decisions = decisions;
        this.watchers = watchers;
        describe(config);
    }

    /**
     * Has from now on the dependencies of another configuration. While leases are held, or being taken, that of a new
     * dependency is taken too, and then what is no dependency any more is given back.
     */
    void refit(WatcherConfig config) {
        List<Dependency> before = dependencies;
        describe(config);
        Action.TakeDependencies taken = last;
        if (taken != null) {
            Cause cause = cause(taken);
            for (Dependency dependency : dependencies) {
                if (!before.contains(dependency)) {
                    take(dependency, cause, attempt == null || attempt.beside());
                }
            }
        }
        for (Dependency dependency : before) {
            if (!dependencies.contains(dependency)) {
                dependency.release();
            }
        }
        if (attempt != null) {
            bePatient(attempt);
        }
        look();
    }

    private void describe(WatcherConfig config) {
        group = config.service().isGroup();
        patienceNanos = WatcherConfig.nanos(config.service().wakeTimeout()) / 2;
        List<Dependency> described = new ArrayList<>();
        SharedUnit unit = config.shared();
        held = unit == null ? null : new HeldUnit(service, unit, leaseOn(unit.owner()));
        if (held != null) {
            described.add(held.lease());
        }
        for (DependencyConfig edge : config.service().dependsOn()) {
            described.add(dependency(edge, false));
        }
        dependencies = List.copyOf(described);
    }

    private Dependency leaseOn(UnitWatcher owner) {
        return dependency(DependencyConfig.ready(owner.name()), true);
    }

    /** The one there is already, if it is the same edge. */
    private Dependency dependency(DependencyConfig edge, boolean unit) {
        for (Dependency known : dependencies) {
            if (known.config().equals(edge) && known.standing() == !unit) {
                return known;
            }
        }
        return new Dependency(edge, !unit, surroundings, watchers, queue, new Changes(edge, unit));
    }

    /** Takes what is not held; tells when all of it is there, or that something cannot be had. */
    void take(Action.TakeDependencies action) {
        boolean goesOn = last != null && last.epoch() == action.epoch() && !last.beside();
        last = action;
        attempt = action;
        Cause cause = cause(action);
        HeldUnit unit = held;
        if (unit != null) {
            begin(unit, action);
        }
        for (Dependency dependency : dependencies) {
            if (!goesOn || !dependency.optional()) { // in one attempt what is optional is waited for once
                take(dependency, cause, action.beside());
            }
        }
        if (!goesOn) {
            forgetPatience();
            bePatient(action);
        }
        look();
    }

    private void begin(HeldUnit unit, Action.TakeDependencies action) {
        Reason ailment = action.ailment();
        if (ailment != null) {
            unit.leave(ailment);
            unit.lease().release();
        }
        unit.begin(action.beside());
    }

    private Cause cause(Action.TakeDependencies action) {
        return new Cause(
                action.cause().kind() == Cause.Kind.PERSON ? Cause.Kind.PERSON : Cause.Kind.DEPENDENCY,
                "needed by " + service + ", " + action.cause());
    }

    /** What is optional is waited for no longer than half of what a wake may take. */
    private void bePatient(Action.TakeDependencies action) {
        if (patience == null && dependencies.stream().anyMatch(Dependency::optional)) {
            patience =
                    surroundings.scheduler().schedule(() -> queue.execute(() -> patienceOver(action)), patienceNanos);
        }
    }

    /** What is {@code beside} a unit that runs has its lease before this returns, and so before any idle time ends. */
    private void take(Dependency dependency, Cause cause, boolean beside) {
        if (beside && dependency.job()) {
            dependency.doWithout(); // it had ended well before the unit was started; it is not run beside it
            return;
        }
        if (!dependency.satisfied() && dependency.standing()) {
            tell(WakeEvent.Type.WAKING_DEPENDENCY, dependency.name());
        }
        dependency.want(cause, beside ? Runnable::run : surroundings.tasks());
    }

    /** From now on what becomes of them is told in another epoch. */
    void keep(long epoch) {
        attempt = attempt == null ? null : attempt.in(epoch);
        last = last == null ? null : last.in(epoch);
    }

    /** The unit was not ready in time. */
    void late() {
        HeldUnit unit = held;
        if (unit != null) {
            unit.late();
        }
    }

    /** Gives back what is held, and what is still being taken; {@code ailment} is why the unit is given up, or null. */
    void release(@Nullable Reason ailment) {
        HeldUnit unit = held;
        if (unit != null) {
            unit.leave(ailment);
        }
        attempt = null;
        last = null;
        pending = List.of();
        forgetPatience();
        dependencies.forEach(Dependency::release);
    }

    /** What the attempt waits for, for a person; empty if for nothing. Safe from any thread. */
    String pending() {
        List<Dependency> missing = pending;
        return missing.isEmpty()
                ? ""
                : missing.stream().map(Dependency::observed).collect(Collectors.joining(", ", "waiting for ", ""));
    }

    /**
     * The service's own unit can serve.
     *
     * @return whether it may, as the unit is held, if others use it too: without that it may be stopped. Safe from any thread
     */
    boolean trustUnit() {
        HeldUnit unit = held;
        return unit == null || unit.trust();
    }

    private void patienceOver(Action.TakeDependencies action) {
        if (last != null && last.epoch() == action.epoch()) {
            dependencies.stream().filter(Dependency::optional).forEach(Dependency::doWithout);
            look();
        }
    }

    /** Whether the attempt has all it needs. */
    private void look() {
        Action.TakeDependencies waiting = attempt;
        pending = waiting == null || waiting.beside()
                ? List.of()
                : dependencies.stream()
                        .filter(dependency -> !dependency.satisfied())
                        .toList();
        if (waiting != null && dependencies.stream().allMatch(Dependency::satisfied)) {
            attempt = null;
            forgetPatience();
            decisions.signal(new DependencySignal.Taken(now(), waiting.epoch()));
        }
    }

    private void forgetPatience() {
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
    }

    private void tell(WakeEvent.Type type, String dependency) {
        Action.TakeDependencies taken = last;
        if (taken != null) {
            decisions.signal(new DependencySignal.Event(now(), taken.epoch(), type, dependency));
        }
    }

    private long now() {
        return surroundings.ticker().nanos();
    }

    /** What becomes of one dependency; called in the action queue. */
    private final class Changes implements Dependency.Listener {
        private final DependencyConfig config;

        /** Whether it is the service's own unit, which others use too. */
        private final boolean unit;

        Changes(DependencyConfig config, boolean unit) {
            this.config = config;
            this.unit = unit;
        }

        @Override
        public void onSatisfied() {
            HeldUnit own = held;
            if (!unit) {
                tell(WakeEvent.Type.DEPENDENCY_READY, config.service());
            } else if (own != null) {
                own.taken();
            }
            look();
        }

        @Override
        public boolean onFailed(Reason reason, long retryAtNanos) {
            Action.TakeDependencies waiting = attempt;
            if (config.optional()) {
                look();
                return false;
            }
            if (waiting == null || waiting.beside()) {
                return true;
            }
            attempt = null;
            pending = List.of();
            forgetPatience();
            decisions.signal(new DependencySignal.Failed(now(), waiting.epoch(), named(reason), retryAtNanos));
            return false;
        }

        @Override
        public void onLost(Reason reason) {
            Action.TakeDependencies taken = Objects.requireNonNull(last, "lost what was not taken");
            if (unit) {
                // An attempt that has not come to use the unit fails; after that the unit's end is told.
                attempt = null;
                pending = List.of();
                if (reason.kind() == Reason.Kind.UNHEALTHY) {
                    decisions.signal(new DependencySignal.UnitRestarts(now(), taken.epoch(), reason));
                    return;
                }
                forgetPatience();
                decisions.signal(new DependencySignal.Failed(now(), taken.epoch(), reason, now()));
            } else if (config.restartWith() || (group && !config.optional())) {
                tellLoss(named(reason), taken.epoch());
            }
        }

        /** A unit in use has held the lease in every epoch since it was taken: its latest may not be known here yet. */
        private void tellLoss(Reason reason, long epoch) {
            long now = now();
            decisions.signal(s -> {
                boolean inUse = s.status() == Status.READY || s.step() == Step.AILING;
                return new DependencySignal.Lost(now, inUse ? s.epoch() : epoch, reason, 0);
            });
        }

        private Reason named(Reason reason) {
            return unit
                    ? reason
                    : new Reason(
                            reason.kind(),
                            "dependency " + config.service() + ": " + reason.message(),
                            reason.exitCode(),
                            reason.output());
        }
    }
}
