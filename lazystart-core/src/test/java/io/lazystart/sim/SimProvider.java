// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.SimCall.Kind;
import java.util.ArrayList;
import java.util.List;

/** How the calls of one unit go: at once, slowly, badly, or not at all. */
@SuppressWarnings("StaticAssignmentOfThrowable") // their stacks tell nothing, and filling them takes long
final class SimProvider {
    private static final ProviderException REFUSED = new ProviderException("the daemon said no", null, null);
    private static final InterruptedException INTERRUPTED = new InterruptedException("interrupted");

    final List<SimCall> inFlight = new ArrayList<>();
    private final SimUnit unit;
    private final World world;
    private final Dice dice;

    SimProvider(SimUnit unit, Dice dice) {
        this.unit = unit;
        this.world = unit.house.world;
        this.dice = dice;
    }

    /** The call has begun: decides how it goes. */
    void begun(SimCall call) {
        inFlight.add(call);
        call.run = unit.state == State.STOPPED ? null : "run-" + unit.runs;
        switch (call.kind) {
            case PROBE, HEALTH -> probeBegun(call);
            case STATUS -> readBegun(call);
            case START, UNPAUSE, STOP, PAUSE, KILL -> verbBegun(call);
            case VETO -> throw new IllegalArgumentException("a veto is no call of a provider");
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

    void mayRefuseAddress() throws ProviderException {
        if (dice.chance(world.faults() / 2)) {
            world.count(Event.ADDRESS_REFUSED);
            throw REFUSED;
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
                call.sample = unit.truth();
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
            world.later(end + dice.delay(12), () -> {
                unit.effect(call.kind);
                unit.outsideRun = unit.runs; // nobody waits for it any more
            });
        } else {
            call.deaf = dice.chance(60);
            world.count(call.deaf ? Event.VERB_DEAF : Event.VERB_HUNG);
            if (dice.chance(50)) {
                effectLater(call, dice.delay(12));
            }
        }
    }

    /** Zero where nothing goes wrong, else 1 to 100. */
    int fate() {
        return dice.chance(world.faults()) ? 1 + dice.below(100) : 0;
    }

    private void endLater(SimCall call, long delay, Exception failure) {
        world.later(delay, () -> end(call, failure));
    }

    private void effectLater(SimCall call, long delay) {
        world.later(delay, () -> {
            if (!call.ended) {
                call.effective = true;
                unit.effect(call.kind);
            }
        });
    }

    private void end(SimCall call, Exception failure) {
        if (call.ended) {
            return;
        }
        if (failure == null && call.kind.isVerb() && !call.effective) {
            unit.effect(call.kind);
        }
        Exception why = failure == null && isInVain(call.kind) ? REFUSED : failure;
        inFlight.remove(call);
        if (call.kind == Kind.START && !dice.chance(10)) {
            call.sample = unit.runId();
        }
        call.house.ends(call, why);
        world.during(call, why != null);
        call.end(why);
        world.duringNothing();
    }

    private boolean isInVain(Kind kind) {
        return (kind == Kind.UNPAUSE && unit.state != State.RUNNING)
                || (kind == Kind.PAUSE && unit.state != State.PAUSED);
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

    /** What hangs ends now. */
    void recover() {
        for (SimCall call : List.copyOf(inFlight)) {
            endLater(call, dice.delay(8), call.interrupted ? INTERRUPTED : REFUSED);
        }
    }
}
