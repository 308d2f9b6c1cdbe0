// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.DependencyConfig;
import io.lazystart.event.Status;
import io.lazystart.provider.ProviderException;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.SimCall.Kind;
import io.lazystart.wake.SuspendWatch;
import io.lazystart.watch.Pin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Real watchers over simulated units, callers and a simulated clock, on one thread. Everything that differs between two
 * worlds follows from the seed and the steps.
 */
final class World {
    private static final long MARGIN = TimeUnit.SECONDS.toNanos(15);

    /** How long the first reads of all units may take, before which nothing sleeps. */
    private static final long FIRST_READS = TimeUnit.MINUTES.toNanos(2);

    final Agenda agenda = new Agenda(this::settle);
    /** All of them, what is needed before those who need it; and those that are no shared units. */
    final List<House> houses = new ArrayList<>();

    final List<House> services = new ArrayList<>();
    private final Map<String, House> byName = new HashMap<>();
    private final Set<House> ailing = new LinkedHashSet<>();
    final Coverage coverage;
    private final SuspendWatch suspendWatch = new SuspendWatch(agenda);
    private final List<House> leasesToSee = new ArrayList<>();
    private final List<String> trace;

    private int faults;
    private long seq;
    private boolean calm;
    private boolean closing;
    private SimCall begun;
    private SimCall stimulus;
    private boolean stimulusFailed;
    private Violation violation;

    /** {@code trace} takes what happens, for a person to read; null where nobody does. */
    World(long seed, Coverage coverage, List<String> trace) {
        this.coverage = coverage;
        this.trace = trace;
        Dice dice = new Dice(seed);
        agenda.order(new Dice(dice.next()));
        faults = dice.of(0, 10, 30, 50, 70);
        new Founding(this, dice).found(Blueprint.draw(dice));
        for (House house : houses) {
            house.watcher.subscribe(house.statuses::onEvent, Runnable::run);
        }
        for (House house : houses) {
            house.watcher.boot();
            settle();
        }
    }

    /** A house is founded; what it needs is there already. */
    void add(House house) {
        for (DependencyConfig edge : house.config.dependsOn()) {
            house.needs(house(edge.service()), edge);
        }
        if (house.owner != null) {
            house.needs(house.owner, DependencyConfig.ready(house.owner.name));
        }
        houses.add(house);
        if (!house.isUnit()) {
            services.add(house);
        }
        byName.put(house.name, house);
    }

    House house(String name) {
        return byName.get(name);
    }

    /** A timer of the core runs. */
    void onTimer(long lateNanos) {
        if (suspendWatch.suspended(lateNanos)) {
            for (House house : houses) {
                if (!house.isGone()) {
                    house.fresh();
                    house.watcher.onResumed();
                }
            }
        }
    }

    /** The core makes a call of the provider or of a veto, which begins on a thread of its own. */
    void call(House house, Runnable task) {
        SimCall call = new SimCall(house, task, tick());
        agenda.execute(() -> {
            begun = call;
            Exception refusal = call.begin();
            begun = null;
            if (refusal == null) {
                house.begun(call);
            } else {
                if (!isRefusal(refusal)) {
                    violate("exception", house.name + ": a call failed: " + refusal);
                }
                house.refused();
                call.failed(refusal);
            }
        });
    }

    /** Whether it is how a unit refuses, or how a call ends that is over; all else is a fault of the core or of this world. */
    private static boolean isRefusal(Exception failure) {
        return failure instanceof ProviderException
                || failure instanceof InterruptedException
                || failure instanceof IllegalStateException;
    }

    /** The call that is being made says what it is; {@code house} is that of the unit. */
    SimCall beginning(Kind kind, House house) {
        begun.kind = kind;
        begun.begunNanos = nanos();
        begun.begunSeq = tick();
        if (trace != null && kind != Kind.PROBE) {
            say(house, kind + " begins");
        }
        house.verbs.begins(begun);
        return begun;
    }

    /** After each thing that happened: sees who was interrupted, and whether a rule is broken. */
    void settle() {
        if (Thread.interrupted()) {
            houses.forEach(House::interrupts);
        }
        ailing.forEach(house -> house.health.look());
        ailing.removeIf(house -> !house.ailing);
        if (!agenda.hasTasks() && !leasesToSee.isEmpty()) {
            leasesToSee.forEach(this::seeLeases);
            leasesToSee.clear();
        }
        if (violation != null) {
            throw violation;
        }
    }

    /** A house is unhealthy: it is looked at until it is not. */
    void ails(House house) {
        ailing.add(house);
    }

    /** Whoever holds a lease of a run that is over was told so. */
    private void seeLeases(House house) {
        for (Caller caller : house.callers) {
            if (caller.holdsUnlost()
                    && !house.isLeft()
                    && house.status != Status.STOPPING
                    && !house.ailing
                    && (house.status != Status.READY || caller.epoch() != house.readyEpoch)) {
                violate("rule 8", house.name + ": a lease is held in " + house.status + " and nobody said it is lost");
            }
        }
    }

    void lookAtLeases(House house) {
        leasesToSee.add(house);
    }

    /** From here on nobody uses the service: if that stays so, it is asleep when its time is over. */
    void lookAtIdleness(House house) {
        boolean begins = nanos() < FIRST_READS;
        if (begins || house.status != Status.READY || house.idle == House.NEVER || house.leased()) {
            return;
        }
        long activity = house.activity;
        agenda.lookLater(Math.max(house.idle, house.firstUse) + MARGIN, () -> {
            if (activity == house.activity
                    && house.status == Status.READY
                    && house.pin == Pin.NONE
                    && !house.closing()
                    && !house.leased()
                    && !house.saidBusyUntilNow()
                    && house.dependentsRest()) {
                violate("rule 7", house.name + ": nobody uses it and it does not sleep");
            }
        });
    }

    void violate(String rule, String message) {
        say("VIOLATION " + rule + ": " + message);
        if (violation == null) {
            violation = new Violation(rule, message);
        }
    }

    long nanos() {
        return agenda.nanos();
    }

    /** Numbers what is seen, in its order. */
    long tick() {
        return ++seq;
    }

    void later(long delay, Runnable task) {
        agenda.later(delay, task);
    }

    void lookLater(long delay, Runnable look) {
        agenda.lookLater(delay, look);
    }

    void count(Event event) {
        coverage.count(event);
    }

    /** Whether nothing goes wrong any more, and nobody objects to anything. */
    boolean isCalm() {
        return calm;
    }

    /** How often out of a hundred times something goes wrong. */
    int faults() {
        return faults;
    }

    /** From now on nothing goes wrong any more. */
    void calm() {
        calm = true;
        faults = 0;
        houses.forEach(House::recover);
    }

    boolean closing() {
        return closing;
    }

    void closes() {
        closing = true;
    }

    void resyncLater(long delay) {
        agenda.later(delay, this::resync);
    }

    void resync() {
        say("resync");
        for (House house : houses) {
            if (house.unit != null && !house.isGone()) {
                house.watcher.onResync();
                settle();
            }
        }
    }

    void during(SimCall call, boolean failed) {
        stimulus = call;
        stimulusFailed = failed;
        if (trace != null && call.kind != Kind.PROBE) {
            say(call.house, call.kind + (failed ? " fails" : " gives " + call.sample));
        }
    }

    void duringNothing() {
        stimulus = null;
        stimulusFailed = false;
    }

    /** The call whose end the core is being told of. */
    SimCall stimulus() {
        return stimulus;
    }

    boolean stimulusFailed() {
        return stimulusFailed;
    }

    void say(String what) {
        say((House) null, what);
    }

    void say(SimUnit unit, String what) {
        if (trace != null) {
            say(unit.house, "unit " + what);
        }
    }

    void say(House house, String what) {
        if (trace != null) {
            trace.add(String.format("%12.6f %-4s %s", nanos() / 1e9, house == null ? "" : house.name, what));
        }
    }
}
