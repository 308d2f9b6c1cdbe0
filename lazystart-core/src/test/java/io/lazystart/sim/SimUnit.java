// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.probe.ProbeResult;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.SimCall.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What is true of one unit, and what is told of it. */
final class SimUnit implements Unit {
    private static final UnitAddress ADDRESS = new UnitAddress("127.0.0.1", 8080);

    private static final long NEVER_READY = Duration.ofHours(1).toNanos();

    final House house;
    final SimProvider provider;
    private final World world;
    private final Dice dice;

    /** Whether its provider knows no ids of runs. */
    private final boolean anonymous;

    State state = State.STOPPED;
    /** How often it has been started, and which of these was from outside last. */
    int runs;

    int outsideRun = -1;

    /** How many of its runs have ended well. */
    int endedWell;

    /** When something was told of it last that was not so. */
    long liedNanos = -TimeUnit.DAYS.toNanos(1);

    /** How often it began to run, ended, or was paused. */
    int changes;

    /** Whether it runs but cannot serve. */
    boolean sick;

    private Exit exit;
    private long readyNanos;
    private int eventsSent;
    private int eventsHeard;

    SimUnit(World world, House house, Dice dice) {
        this.world = world;
        this.house = house;
        this.dice = dice;
        this.provider = new SimProvider(this, dice);
        this.anonymous = dice.chance(15);
        if (dice.chance(20)) {
            state = dice.of(State.RUNNING, State.RUNNING, State.PAUSED);
            runs = 1;
        }
    }

    @Override
    public String id() {
        return house.name;
    }

    String runId() {
        return anonymous ? null : "run-" + runs;
    }

    /** Calls: each says what it is and gives what is true now; the provider decides what comes of it, and when. */
    @Override
    public UnitStatus status() {
        world.beginning(Kind.STATUS, house);
        return truth();
    }

    UnitStatus truth() {
        return state == State.STOPPED ? new UnitStatus(state, null, exit) : new UnitStatus(state, runId(), null);
    }

    @Override
    public String start() {
        world.beginning(Kind.START, house);
        return null;
    }

    @Override
    public void unpause() {
        world.beginning(Kind.UNPAUSE, house);
    }

    @Override
    public void stop(String signal, Duration timeout) {
        world.beginning(Kind.STOP, house);
    }

    @Override
    public void pause() {
        world.beginning(Kind.PAUSE, house);
    }

    @Override
    public void kill() {
        world.beginning(Kind.KILL, house);
    }

    @Override
    public boolean listens() {
        return true;
    }

    @Override
    public UnitAddress address() throws ProviderException {
        world.beginning(Kind.PROBE, house);
        provider.mayRefuseAddress();
        return listensNow() ? ADDRESS : null;
    }

    ProbeResult probe() {
        world.beginning(Kind.PROBE, house);
        return new ProbeResult(serves(), "probed");
    }

    ProbeResult healthProbe() {
        world.beginning(Kind.HEALTH, house);
        return new ProbeResult(serves(), "probed");
    }

    private boolean listensNow() {
        return state == State.RUNNING && world.nanos() >= readyNanos;
    }

    boolean serves() {
        return listensNow() && !sick;
    }

    /** The faults are over. */
    void recover() {
        provider.recover();
        sick = false;
        readyNanos = Math.min(readyNanos, world.nanos() + Duration.ofSeconds(1).toNanos());
        if (house.job && state == State.RUNNING) {
            endJobLater(runs);
        }
    }

    /** What a verb does to the unit. */
    void effect(Kind kind) {
        switch (kind) {
            case START -> {
                if (state == State.STOPPED) {
                    run();
                }
            }
            case UNPAUSE -> change(State.PAUSED, State.RUNNING);
            case PAUSE -> change(State.RUNNING, State.PAUSED);
            case STOP -> stopped(new Exit(143, false, List.of()));
            case KILL -> stopped(new Exit(137, false, List.of()));
            case STATUS, PROBE, HEALTH, VETO -> {}
        }
    }

    /** Begins a run, which is well unless what made the last one sick is there still. */
    void run() {
        runs++;
        changes++;
        state = State.RUNNING;
        exit = null;
        sick &= dice.chance(20);
        long wait = world.faults() > 0 && dice.chance(20) ? dice.delay(15) : dice.delay(8);
        if (world.faults() > 0 && dice.chance(4)) {
            wait = NEVER_READY;
        }
        if (wait > 0) {
            world.count(Event.ADDRESS_LATE);
        }
        readyNanos = world.nanos() + wait;
        if (house.job) {
            endJobLater(runs);
        }
        world.say(this, "runs, run " + runs);
        emit(UnitEvent.Kind.STARTED, runId(), null);
    }

    private void endJobLater(int which) {
        Exit how = new Exit(dice.chance(world.faults() / 2) ? 1 : 0, false, List.of());
        world.later(dice.delay(12), () -> {
            if (runs == which) {
                stopped(how);
            }
        });
    }

    boolean stopped(Exit how) {
        if (state == State.STOPPED) {
            return false;
        }
        state = State.STOPPED;
        changes++;
        endedWell += how.clean() && Objects.equals(how.code(), 0) ? 1 : 0;
        exit = how;
        world.say(this, "ended, exit " + how.code());
        emit(UnitEvent.Kind.ENDED, runId(), dice.chance(20) ? null : how);
        return true;
    }

    boolean change(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        changes++;
        world.say(this, "is " + to);
        emit(UnitEvent.Kind.CHANGED, runId(), null);
        return true;
    }

    /** Tells of something that is not so; the truth is read again soon. */
    void lie(int roll) {
        liedNanos = world.nanos();
        world.count(Event.EVENT_LIE);
        String old = anonymous ? null : "run-" + Math.max(0, runs - 1 - roll % 2);
        switch (roll % 6) {
            case 0 -> deliver(UnitEvent.Kind.ENDED, null, null);
            case 1 -> deliver(UnitEvent.Kind.ENDED, old, new Exit(1, false, List.of()));
            case 2 -> deliver(UnitEvent.Kind.STARTED, old, null);
            case 3 -> deliver(UnitEvent.Kind.CHANGED, runId(), null);
            case 4 -> deliver(UnitEvent.Kind.STARTED, null, null);
            default -> deliver(UnitEvent.Kind.ENDED, runId(), new Exit(roll % 2, false, List.of()));
        }
        world.resyncLater(dice.delay(12));
    }

    /** Gives an event to the stream, which loses, repeats and delays it. */
    private void emit(UnitEvent.Kind kind, String run, Exit how) {
        int fate = provider.fate();
        int number = ++eventsSent;
        Runnable telling = () -> {
            if (number < eventsHeard) {
                world.count(Event.EVENT_REORDERED);
            }
            eventsHeard = Math.max(number, eventsHeard);
            deliver(kind, run, how);
        };
        if (fate == 0 || fate > 70) {
            world.later(dice.chance(50) ? 0 : dice.delay(6), telling);
        } else if (fate > 40) {
            world.count(Event.EVENT_LATE);
            world.later(dice.delay(14), telling);
        } else if (fate > 20) {
            world.count(Event.EVENT_REPEATED);
            world.later(dice.delay(8), telling);
            world.later(dice.delay(14), telling);
        } else {
            world.count(Event.EVENT_LOST);
            world.resyncLater(dice.delay(16));
        }
    }

    private void deliver(UnitEvent.Kind kind, String run, Exit how) {
        world.say(this, "event " + kind + " " + run);
        house.verbs.told(kind, run);
        house.watcher.onUnitEvent(new UnitEvent(id(), kind, run, how));
    }
}
