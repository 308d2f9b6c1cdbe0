// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.watch.Pin;
import java.util.concurrent.TimeUnit;

/** The rules about changes of status, as listeners hear them: 2, 4, 5, 6, 7, 9, 10, 13. */
final class StatusRules {
    private static final long LEAST_LINGER = TimeUnit.MINUTES.toNanos(1);

    private final House house;
    private final World world;

    private long sequence;

    /** Of a job: how many of its runs had ended well when it was ready last. */
    private int endedWellBefore;

    StatusRules(House house) {
        this.house = house;
        this.world = house.world;
    }

    void onEvent(WakeEvent event) {
        world.say(house, event.type() + " (" + event.cause() + "; " + event.message() + ")");
        if (event.snapshot()) {
            return;
        }
        if (event.sequence() != ++sequence) {
            world.violate("bus", house.name + ": event " + event.sequence() + " after " + (sequence - 1));
        }
        meanwhile();
        long seq = world.tick();
        switch (event.type()) {
            case WAKING_DEPENDENCY, DEPENDENCY_READY, WAITING_READY -> {}
            case UNIT_STARTED -> {
                house.runs = true;
                house.runsSeq = seq;
                house.usesSeq = seq;
            }
            case STARTING -> {
                if (HealthRules.isUnhealthy(event)) {
                    ails(seq);
                } else {
                    starts(event, seq);
                }
            }
            case READY -> {
                ready(event, seq);
                enter(Status.READY, seq);
            }
            case STOPPING -> {
                stopping(event, seq);
                enter(Status.STOPPING, seq);
            }
            case ERROR -> {
                leavesReady(seq);
                error(event, seq);
                house.errorNanos = world.nanos();
                enter(Status.ERROR, seq);
            }
            case NAPPING -> {
                napping();
                leavesReady(seq);
                enter(Status.NAPPING, seq);
            }
        }
    }

    /** What others do while listeners are told: nobody gets a lease of what is not ready. */
    private void meanwhile() {
        if (house.watcher.snapshot().status() != Status.READY && house.watcher.tryAcquire() != null) {
            world.violate(
                    "rule 2",
                    house.name + ": a lease is given in "
                            + house.watcher.snapshot().status());
        }
        Runnable next = house.onNextEvent;
        house.onNextEvent = () -> {};
        next.run();
    }

    private void enter(Status status, long seq) {
        house.served = house.status == Status.READY || house.ailing;
        house.ailing = false;
        house.status = status;
        house.statusNanos = world.nanos();
        house.statusSeq = seq;
        house.touched();
        if (status != Status.STOPPING) {
            house.demanded = false;
        }
        if (status == Status.NAPPING || status == Status.ERROR) {
            house.runsSeq = house.runs ? seq : house.runsSeq;
            house.ranNanos = house.runs ? world.nanos() : house.ranNanos;
            house.runs = false;
        }
        if (status == Status.NAPPING && house.owner != null && house.owner.status == Status.READY) {
            world.count(Event.SHARED_LEFT_RUNNING);
        }
        boolean stopped = house.used() == null || house.used().state == State.STOPPED;
        house.rested |= status == Status.NAPPING && house.restKnown && stopped;
        if (status == Status.NAPPING && house.queued) {
            world.count(Event.RESTART_DROPPED);
        }
        // What is no provider's unit gives back at once what it holds.
        house.restKnown |= status == Status.NAPPING && house.unit == null;
        house.queued = false;
        world.lookAtLeases(house);
        world.lookAtIdleness(house);
    }

    private void leavesReady(long seq) {
        if (house.drains()) {
            house.servedNanos = world.nanos();
        }
        if (house.isUp()) {
            house.readySeq = seq;
            house.servedNanos = world.nanos();
        }
        if (house.status == Status.READY) {
            house.failures.served(world.nanos() - house.readyNanos);
        }
    }

    /** A ready unit is unhealthy: that is no attempt, but waits for the end of its leases or for its getting well. */
    private void ails(long seq) {
        if (house.status != Status.READY) {
            world.violate("rule 2", house.name + ": unhealthy in " + house.status);
        }
        leavesReady(seq);
        house.health.ails(seq);
        enter(Status.STARTING, seq);
        house.ailing = true;
        house.drainNanos = world.nanos();
        world.ails(house);
    }

    private void starts(WakeEvent event, long seq) {
        leavesReady(seq);
        starting(event, seq);
        enter(Status.STARTING, seq);
        house.startingNanos = world.nanos();
        house.startingSeq = seq;
    }

    private void starting(WakeEvent event, long seq) {
        Cause cause = event.cause();
        if (cause.kind() == Cause.Kind.REQUEST && !house.waitedFor() && !house.demanded && !dependentsWant()) {
            world.violate(
                    house.status == Status.STOPPING ? "rule 4" : "rule 12", house.name + ": starts and nobody waits");
        }
        if (cause.kind() == Cause.Kind.OUTSIDE) {
            world.count(Event.ADOPTED);
        } else {
            if (house.ailing) {
                house.failures.died();
            }
            house.failures.attempt(cause);
            if (house.closing()) {
                world.violate("close", house.name + ": starts while closing");
            }
            if (house.pin == Pin.NAPPING) {
                world.violate("pin", house.name + ": starts while it is pinned asleep");
            }
        }
        house.person = false;
        house.failures.begun();
        house.byPersonNanos = cause.kind() == Cause.Kind.PERSON ? world.nanos() : house.byPersonNanos;
        // What was read at this very moment may be told after the wake.
        if (house.rested && house.restedNanos < world.nanos()) {
            house.rested = false;
            house.foundSinceRest = false;
            house.upSeq = seq;
            house.upNanos = world.nanos();
        }
        house.foundSinceRest |= cause.kind() == Cause.Kind.OUTSIDE;
        house.verbs.attemptBegins();
        long epoch = event.epoch();
        world.lookLater(house.wake, () -> {
            if (house.status == Status.STARTING && !house.ailing && house.startingSeq == seq && !house.closing()) {
                world.violate("rule 9", house.name + ": attempt " + epoch + " goes on past its deadline");
            }
        });
    }

    private boolean dependentsWant() {
        for (House dependent : house.dependents) {
            // One that is paused keeps what it holds, and what it asked for.
            if (dependent.status != Status.NAPPING || !dependent.restKnown) {
                return true;
            }
        }
        return false;
    }

    private void ready(WakeEvent event, long seq) {
        house.health.ready(seq);
        house.servesSeq = house.servesSeq > house.givenUpSeq ? house.servesSeq : seq;
        if (house.owner != null) {
            world.count(Event.SHARED_READY);
        }
        house.failures.ready();
        house.drainNanos = -1;
        house.fresh();
        house.readyNanos = world.nanos();
        house.readySeq = seq;
        if (house.ailing) {
            return;
        }
        house.readyEpoch = event.epoch();
        house.sleepNow = false;
        house.used = false;
        house.over = false;
        SimCall probe = world.stimulus();
        if (probe != null && probe.kind == SimCall.Kind.PROBE && house.verbs.isOver(probe.run)) {
            world.violate("rule 5", house.name + ": ready by a probe of " + probe.run + ", which is over");
        }
        if (house.job) {
            // Who says that it runs, and does not, has the end of an earlier run taken for that of this one.
            boolean lied = house.unit.liedNanos >= house.startingNanos;
            if (house.unit.endedWell == endedWellBefore && !lied) {
                world.violate("rule 6", house.name + ": is a job, and ready before it has ended well");
            }
            endedWellBefore = house.unit.endedWell;
        }
        // What is found running takes what it needs beside its probe.
        boolean found = event.cause().kind() == Cause.Kind.OUTSIDE;
        for (Need need : house.needs) {
            boolean itself = house.config.isGroup() || need.on == house.owner;
            if (!found && itself && !need.edge.optional() && !need.met(house)) {
                world.violate("rule 6", house.name + ": is ready before " + need.on.name);
            }
        }
    }

    private void stopping(WakeEvent event, long seq) {
        boolean unhealthy = HealthRules.isUnhealthy(event);
        if (unhealthy) {
            house.health.putDown();
        } else if (event.cause().kind() == Cause.Kind.IDLE) {
            idle();
        }
        // Who is restarted with what they need is so for those whom they served.
        house.restartsWith = event.cause().kind() == Cause.Kind.DEPENDENCY;
        house.demanded |= house.restartsWith;
        if (house.isUnit() && event.cause().detail().contains(": unhealthy: ")) {
            house.givenUpSeq = seq;
            nobodyUsesIt();
            world.count(Event.SHARED_GIVEN_UP);
        }
        leavesReady(seq);
        if (unhealthy) {
            house.failures.died();
        }
    }

    private void idle() {
        long now = world.nanos();
        if (house.status == Status.READY) {
            long from = house.used ? Math.max(house.releaseNanos, house.freshNanos) : house.freshNanos;
            // A dependent may have given its lease back unseen.
            boolean unused = !house.used && house.dependents.isEmpty();
            long least = unused ? Math.max(house.idle, house.firstUse) : house.idle;
            if (house.leased()) {
                world.violate("rule 2", house.name + ": idle while a lease is open");
            } else if (house.idle == House.NEVER || now - from < least) {
                world.violate("rule 7", house.name + ": idle after " + (now - from) + " of " + least + " ns");
            }
            if (house.isUnit()) {
                nobodyUsesIt();
            } else {
                house.vetoes.sleeps();
            }
        } else if (now - house.statusNanos < Math.max(LEAST_LINGER, house.idle)) {
            world.violate("rule 7", house.name + ": was not left running for long enough");
        }
    }

    private void nobodyUsesIt() {
        for (House service : house.dependents) {
            // Who was ready on a run before this one is about to hear of its end.
            boolean uses = service.owner == house && service.isUp() && service.readySeq > house.startingSeq;
            if (uses) {
                world.violate("rule 6", house.name + ": its unit is put to sleep under " + service.name);
            }
        }
    }

    private void error(WakeEvent event, long seq) {
        Reason reason = event.reason();
        boolean own = !reason.message().startsWith("dependency ") && !house.waitsForUnit();
        if (own && (reason.kind() == Reason.Kind.DIED || reason.kind() == Reason.Kind.EXITED)) {
            SimCall read = world.stimulus();
            if (read != null && read.kind == SimCall.Kind.STATUS && read.askedSeq < house.verbs.verbAskedSeq) {
                world.violate(
                        "rule 10", house.name + ": " + reason.message() + ", by a read from before the last verb");
            }
        }
        boolean ended = reason.kind() == Reason.Kind.EXITED || reason.kind() == Reason.Kind.DIED;
        House unit = house.owner;
        if (own && ended && unit != null && unit.status == Status.READY && unit.statusSeq < house.usesSeq) {
            world.violate("rule 5", house.name + ": " + reason.message() + ", and its unit runs on");
        }
        if (own && reason.kind() == Reason.Kind.NOT_READY && world.nanos() - house.startingNanos < house.wake) {
            world.violate("rule 9", house.name + ": gave up before the deadline");
        }
        if (own && reason.kind() == Reason.Kind.NOT_READY) {
            lingers(seq);
        }
        house.failures.error(reason);
    }

    /** The unit runs and is not ready: if that stays so, it is put to sleep. */
    private void lingers(long seq) {
        SimUnit unit = house.unit;
        long idle = house.idle;
        if (unit == null || idle == House.NEVER || house.job) {
            return;
        }
        int changes = unit.changes;
        long since = world.nanos();
        world.lookLater(Math.max(LEAST_LINGER, idle), () -> {
            boolean told = house.verbs.endToldNanos >= since;
            boolean stays = house.status == Status.ERROR && house.statusSeq == seq && unit.changes == changes;
            if (stays && !told && unit.state == State.RUNNING && idle == house.idle && !house.closing()) {
                world.violate("rule 7", house.name + ": runs on and does not become ready");
            }
        });
    }

    private void napping() {
        SimCall call = world.stimulus();
        boolean tells = call != null && (call.kind.isVerb() || call.kind == SimCall.Kind.STATUS);
        if (tells && !house.isLeft() && house.status != Status.ERROR && world.stimulusFailed()) {
            world.violate("rule 13", house.name + ": naps after a call that failed");
        }
    }
}
