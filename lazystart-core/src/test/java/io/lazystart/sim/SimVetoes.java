// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.SimCall.Kind;
import io.lazystart.watch.IdleVeto;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Those who may object to the sleep of a service, how they answer, and rule 7 as far as it is about them. */
@SuppressWarnings("StaticAssignmentOfThrowable") // their stacks tell nothing, and filling them takes long
final class SimVetoes {
    private static final long DEADLINE = TimeUnit.SECONDS.toNanos(5);
    private static final IllegalStateException BROKEN = new IllegalStateException("the veto is broken");
    private static final InterruptedException INTERRUPTED = new InterruptedException("interrupted");

    private final House house;
    private final World world;
    private final Dice dice;
    private final List<IdleVeto> vetoes = new ArrayList<>();
    private final List<SimCall> inFlight = new ArrayList<>();

    /** The last call of each veto, and when one was refused last. */
    private final List<SimCall> last = new ArrayList<>();

    private long refusedNanos = -1;

    /** Until then the host has said that the service is busy. */
    private long busyUntilNanos = -1;

    SimVetoes(House house, Dice dice) {
        this.house = house;
        this.world = house.world;
        this.dice = dice;
        int count = dice.chance(35) ? 1 + dice.below(2) : 0;
        for (int i = 0; i < count; i++) {
            int number = i;
            last.add(null);
            vetoes.add(service -> ask(number));
        }
    }

    List<IdleVeto> all() {
        return vetoes;
    }

    List<SimCall> inFlight() {
        return inFlight;
    }

    private boolean ask(int veto) {
        last.set(veto, world.beginning(Kind.VETO, house));
        return !world.isCalm() && dice.chance(25);
    }

    /** A veto has been asked: decides how it answers. */
    void begun(SimCall call) {
        inFlight.add(call);
        int fate = dice.chance(world.faults()) ? 1 + dice.below(100) : 0;
        if (fate == 0 || fate > 70) {
            endLater(call, dice.chance(50) ? 0 : dice.delay(8), null);
        } else if (fate > 45) {
            world.count(Event.VETO_SLOW);
            endLater(call, dice.delay(11), null);
        } else if (fate > 25) {
            world.count(Event.VETO_THROWS);
            endLater(call, dice.delay(10), BROKEN);
        } else {
            world.count(Event.VETO_HUNG);
            call.deaf = dice.chance(50);
        }
    }

    void refused() {
        refusedNanos = world.nanos();
    }

    private void endLater(SimCall call, long delay, Exception failure) {
        world.later(delay, () -> end(call, failure));
    }

    /** The question is over: who hangs is interrupted, or answers late. */
    void interrupted(SimCall call) {
        call.interrupted = true;
        endLater(call, call.deaf ? 1 + dice.delay(15) : dice.delay(8), call.deaf ? null : INTERRUPTED);
    }

    /** What hangs ends now. */
    void recover() {
        for (SimCall call : List.copyOf(inFlight)) {
            endLater(call, dice.delay(8), BROKEN);
        }
    }

    private void end(SimCall call, Exception failure) {
        if (call.ended) {
            return;
        }
        inFlight.remove(call);
        boolean counts = failure == null && !call.isOver() && call.askedSeq > house.freshSeq;
        call.busy = counts && Boolean.TRUE.equals(call.sample);
        if (failure == null && call.isOver()) {
            world.count(Event.VETO_LATE);
        }
        if (call.busy && house.status == Status.READY) {
            world.count(Event.VETO_BUSY);
            house.fresh();
        }
        world.during(call, failure != null);
        call.end(failure);
        world.duringNothing();
        world.lookAtIdleness(house);
    }

    /** The host says that the service is busy. */
    void busy(long nanos) {
        busyUntilNanos = Math.max(busyUntilNanos, world.nanos() + nanos);
        house.touched();
        world.lookLater(nanos, () -> {
            house.touched();
            world.lookAtIdleness(house);
        });
    }

    /** Idle time begins anew at the end of that. */
    boolean saidBusyUntilNow() {
        return world.nanos() <= busyUntilNanos;
    }

    private boolean saidBusy() {
        return world.nanos() < busyUntilNanos;
    }

    /** The service is put to sleep by idleness: everybody was asked since it was used, and nobody objects. */
    void sleeps() {
        if (saidBusy()) {
            world.violate("rule 7", house.name + ": sleeps though the host said that it is busy");
        }
        for (SimCall call : last) {
            boolean asked = call != null && call.begunNanos >= Math.max(house.releaseNanos, house.freshNanos);
            boolean waited = asked && (call.ended || world.nanos() - call.begunNanos >= DEADLINE);
            if (refusedNanos < house.freshNanos && (!waited || call.busy)) {
                world.violate("rule 7", house.name + ": sleeps, and " + call + " was not waited for, or is busy");
            }
        }
    }
}
