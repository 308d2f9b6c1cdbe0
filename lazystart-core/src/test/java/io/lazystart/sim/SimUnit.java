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
import java.util.ArrayList;
import java.util.List;

/** What is true of one unit, and how its provider fails. */
@SuppressWarnings("StaticAssignmentOfThrowable") // their stacks tell nothing, and filling them takes long
final class SimUnit implements Unit {
    private static final ProviderException REFUSED = new ProviderException("the daemon said no", null, null);
    private static final InterruptedException INTERRUPTED = new InterruptedException("interrupted");
    private static final UnitAddress ADDRESS = new UnitAddress("127.0.0.1", 8080);

    private static final long NEVER_READY = Duration.ofHours(1).toNanos();

    final House house;
    final List<SimCall> inFlight = new ArrayList<>();
    private final World world;
    private final Dice dice;

    /** Whether its provider knows no ids of runs. */
    private final boolean anonymous;

    State state = State.STOPPED;
    int runs;
    private Exit exit;
    private long readyNanos;
    private int eventsSent;
    private int eventsHeard;

    SimUnit(World world, House house, Dice dice) {
        this.world = world;
        this.house = house;
        this.dice = dice;
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

    /** Calls: each says what it is and gives what is true now; the world decides what comes of it, and when. */
    @Override
    public UnitStatus status() {
        world.beginning(Kind.STATUS, this);
        return truth();
    }

    private UnitStatus truth() {
        return state == State.STOPPED ? new UnitStatus(state, null, exit) : new UnitStatus(state, runId(), null);
    }

    @Override
    public String start() {
        world.beginning(Kind.START, this);
        return null;
    }

    @Override
    public void unpause() {
        world.beginning(Kind.UNPAUSE, this);
    }

    @Override
    public void stop(String signal, Duration timeout) {
        world.beginning(Kind.STOP, this);
    }

    @Override
    public void pause() {
        world.beginning(Kind.PAUSE, this);
    }

    @Override
    public void kill() {
        world.beginning(Kind.KILL, this);
    }

    @Override
    public boolean listens() {
        return true;
    }

    @Override
    public UnitAddress address() {
        world.beginning(Kind.PROBE, this);
        return serves() ? ADDRESS : null;
    }

    ProbeResult probe() {
        world.beginning(Kind.PROBE, this);
        return new ProbeResult(serves(), "probed");
    }

    boolean serves() {
        return state == State.RUNNING && world.nanos() >= readyNanos;
    }

    /** The call has begun: decides how it goes. */
    void begun(SimCall call) {
        inFlight.add(call);
        call.run = state == State.STOPPED ? null : "run-" + runs;
        if (call.kind == Kind.PROBE) {
            probeBegun(call);
        } else if (call.kind == Kind.STATUS) {
            readBegun(call);
        } else {
            verbBegun(call);
        }
    }

    private void probeBegun(SimCall call) {
        int fate = fate();
        if (fate == 0 || fate > 60) {
            end(call, null);
        } else if (fate > 30) {
            world.count(Event.PROBE_SLOW);
            endLater(call, dice.delay(11), null);
        } else if (fate > 15) {
            world.count(Event.PROBE_FAILED);
            endLater(call, dice.delay(8), REFUSED);
        } else {
            world.count(Event.PROBE_HUNG);
            call.deaf = dice.chance(20);
        }
    }

    private void readBegun(SimCall call) {
        int fate = fate();
        if (fate == 0 || fate > 80) {
            endLater(call, dice.chance(60) ? 0 : dice.delay(7), null);
        } else if (fate > 60) {
            // What was true when it was asked is told when it is true no more.
            world.count(Event.READ_OLD);
            endLater(call, dice.delay(11), null);
        } else if (fate > 40) {
            world.count(Event.READ_SLOW);
            world.later(dice.delay(11), () -> {
                call.sample = truth();
                end(call, null);
            });
        } else if (fate > 12) {
            world.count(Event.READ_FAILED);
            endLater(call, dice.delay(8), REFUSED);
        } else {
            world.count(Event.READ_HUNG);
            call.deaf = dice.chance(20);
        }
    }

    private void verbBegun(SimCall call) {
        int fate = fate();
        if (fate == 0 || fate > 85) {
            long effect = dice.chance(50) ? 0 : dice.delay(8);
            effectLater(call, effect);
            endLater(call, effect + (dice.chance(50) ? 0 : dice.delay(7)), null);
        } else if (fate > 60) {
            world.count(Event.VERB_SLOW);
            long effect = dice.delay(15);
            effectLater(call, effect);
            endLater(call, effect + dice.delay(15), null);
        } else if (fate > 45) {
            world.count(Event.VERB_FAILED);
            endLater(call, dice.delay(12), REFUSED);
        } else if (fate > 33) {
            world.count(Event.VERB_FAILED_DONE);
            long effect = dice.delay(8);
            effectLater(call, effect);
            endLater(call, effect + dice.delay(8), REFUSED);
        } else if (fate > 24) {
            // The provider gives up, its daemon does not.
            world.count(Event.VERB_LATE_EFFECT);
            long end = dice.delay(9);
            endLater(call, end, REFUSED);
            world.later(end + dice.delay(12), () -> effect(call.kind));
        } else {
            call.deaf = dice.chance(50);
            world.count(call.deaf ? Event.VERB_DEAF : Event.VERB_HUNG);
            if (dice.chance(50)) {
                effectLater(call, dice.delay(12));
            }
        }
    }

    /** Zero where nothing goes wrong, else 1 to 100. */
    private int fate() {
        return dice.chance(world.faults()) ? 1 + dice.below(100) : 0;
    }

    private void endLater(SimCall call, long delay, Exception failure) {
        world.later(delay, () -> end(call, failure));
    }

    private void effectLater(SimCall call, long delay) {
        world.later(delay, () -> {
            if (!call.ended) {
                call.effective = true;
                effect(call.kind);
            }
        });
    }

    private void end(SimCall call, Exception failure) {
        if (call.ended) {
            return;
        }
        if (failure == null && call.kind.isVerb() && !call.effective) {
            effect(call.kind);
        }
        Exception why = failure;
        if (why == null && call.kind == Kind.UNPAUSE && state != State.RUNNING) {
            why = REFUSED;
        }
        if (why == null && call.kind == Kind.PAUSE && state != State.PAUSED) {
            why = REFUSED;
        }
        inFlight.remove(call);
        Object result = call.kind == Kind.START && !dice.chance(10) ? runId() : call.sample;
        house.verbs.ends(call, result, why);
        world.during(call, why != null);
        if (why == null) {
            call.done(result);
        } else {
            call.failed(why);
        }
        world.duringNothing();
    }

    /** A call was interrupted; it ends within the time that a provider has for that, unless it is deaf. */
    void interrupted(SimCall call) {
        call.interrupted = true;
        call.interruptedNanos = world.nanos();
        if (!call.deaf) {
            endLater(call, dice.delay(10), INTERRUPTED);
        } else {
            endLater(call, 1 + dice.delay(16), dice.chance(50) ? INTERRUPTED : null);
        }
        if (call.kind.isVerb()) {
            world.lookLater(House.GRACE, () -> {
                if (!call.ended) {
                    world.count(Event.VERB_ABANDONED);
                }
            });
        }
    }

    /** What hangs ends now: the faults are over. */
    void recover() {
        for (SimCall call : List.copyOf(inFlight)) {
            endLater(call, dice.delay(8), call.interrupted ? INTERRUPTED : REFUSED);
        }
        readyNanos = Math.min(readyNanos, world.nanos() + Duration.ofSeconds(1).toNanos());
        if (house.job && state == State.RUNNING) {
            endJobLater(runs);
        }
    }

    /** What a verb does to the unit. */
    private void effect(Kind kind) {
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
            case STATUS, PROBE -> {}
        }
    }

    /** Begins a run. */
    void run() {
        runs++;
        state = State.RUNNING;
        exit = null;
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
        world.say(this, "is " + to);
        emit(UnitEvent.Kind.CHANGED, runId(), null);
        return true;
    }

    /** Tells of something that is not so; the truth is read again soon. */
    void lie(int roll) {
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
        int fate = fate();
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
