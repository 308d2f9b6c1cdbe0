// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Status;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.SimCall.Kind;
import io.lazystart.wake.CpuTime;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.StartTimes;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.SuspendWatch;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.watch.Pin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    final List<House> houses = new ArrayList<>();
    final Coverage coverage;
    private final SuspendWatch suspendWatch = new SuspendWatch(agenda);
    private final WaitingRoom room = new WaitingRoom(1000);
    private final FirstReads firstReads = new FirstReads();
    private final List<House> leasesToSee = new ArrayList<>();
    private final List<String> trace;

    private int faults;
    private long seq;
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
        faults = dice.of(0, 5, 15, 30, 50);
        LazyStartConfig config = Blueprint.draw(dice);
        Set<String> jobs = config.jobs();
        for (ServiceConfig service : config.services().values()) {
            say(service.toString());
            add(new House(this, houses.size(), service, jobs.contains(service.name())), new Dice(dice.next()));
        }
        for (House house : houses) {
            house.watcher.subscribe(house.statuses::onEvent, Runnable::run);
        }
        for (House house : houses) {
            house.watcher.boot();
            settle();
        }
    }

    private void add(House house, Dice dice) {
        for (DependencyConfig edge : house.config.dependsOn()) {
            House on = house(edge.service());
            house.needs.add(new House.Need(on, edge));
            on.dependents.add(house);
        }
        if (!house.config.isGroup()) {
            house.unit = new SimUnit(this, house, dice);
        }
        boolean group = house.unit == null;
        boolean probed = dice.chance(50);
        house.watcher = new UnitWatcher(
                new WatcherConfig(
                        house.config,
                        group ? new GroupUnit(house.name) : house.unit,
                        group || !probed ? null : (target, timeout, linger) -> house.unit.probe(),
                        null,
                        List.of(),
                        house.job,
                        null),
                new Surroundings(
                        agenda,
                        agenda,
                        group ? agenda : task -> call(house, task),
                        agenda,
                        agenda,
                        new CpuTime(Path.of("unused")),
                        room,
                        firstReads,
                        name -> new StartTimes(),
                        (name, failures, reason) -> {},
                        this::onTimer),
                name -> house(name).watcher);
        houses.add(house);
    }

    private House house(String name) {
        return houses.get(Integer.parseInt(name.substring(1)));
    }

    private void onTimer(long lateNanos) {
        if (suspendWatch.suspended(lateNanos)) {
            for (House house : houses) {
                house.freshNanos = nanos();
                house.touched();
                house.watcher.onResumed();
            }
        }
    }

    /** The core makes a call of the provider, which begins on a thread of its own. */
    private void call(House house, Runnable task) {
        SimCall call = new SimCall(house.unit, task, tick());
        agenda.execute(() -> {
            begun = call;
            boolean begins = call.begin();
            begun = null;
            if (begins) {
                house.unit.begun(call);
            }
        });
    }

    /** The call that is being made says what it is. */
    void beginning(Kind kind, SimUnit unit) {
        begun.kind = kind;
        begun.begunNanos = nanos();
        begun.begunSeq = tick();
        if (trace != null && kind != Kind.PROBE) {
            say(unit, kind + " begins");
        }
        unit.house.verbs.begins(begun);
    }

    /** After each thing that happened: sees who was interrupted, and whether a rule is broken. */
    void settle() {
        if (Thread.interrupted()) {
            for (House house : houses) {
                if (house.unit != null) {
                    interrupts(house.unit);
                }
            }
        }
        if (!agenda.hasTasks() && !leasesToSee.isEmpty()) {
            leasesToSee.forEach(this::seeLeases);
            leasesToSee.clear();
        }
        if (violation != null) {
            throw violation;
        }
    }

    private static void interrupts(SimUnit unit) {
        for (int i = 0; i < unit.inFlight.size(); i++) {
            SimCall call = unit.inFlight.get(i);
            if (call.newlyInterrupted()) {
                unit.interrupted(call);
            }
        }
    }

    /** Whoever holds a lease of a run that is over was told so. */
    private void seeLeases(House house) {
        for (Caller caller : house.callers) {
            if (caller.holdsUnlost()
                    && house.status != Status.STOPPING
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
                    && !closing
                    && !house.leased()
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

    /** How often out of a hundred times something goes wrong. */
    int faults() {
        return faults;
    }

    /** From now on nothing goes wrong any more. */
    void calm() {
        faults = 0;
        for (House house : houses) {
            if (house.unit != null) {
                house.unit.recover();
            }
        }
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
            if (house.unit != null) {
                house.watcher.onResync();
                settle();
            }
        }
    }

    void during(SimCall call, boolean failed) {
        stimulus = call;
        stimulusFailed = failed;
        if (trace != null && (call.kind != Kind.PROBE)) {
            say(call.unit, call.kind + (failed ? " fails" : " gives " + call.sample));
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
