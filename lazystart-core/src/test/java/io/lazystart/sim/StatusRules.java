// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.BackoffConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.House.Need;
import io.lazystart.watch.Pin;
import java.util.concurrent.TimeUnit;

/** The rules about changes of status, as listeners hear them: 2, 4, 5, 6, 7, 9, 10, 12, 13. */
final class StatusRules {
    private static final long LEAST_LINGER = TimeUnit.MINUTES.toNanos(1);

    private final House house;
    private final World world;

    /** Failures in a row, and the earliest time at which a request may start the unit again. */
    private int failures;

    private int steps;
    private long earliestNanos;

    /** What requests were told to wait for since the last failure; -1 if none was. */
    private long toldRetryNanos = -1;

    private long sequence;

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
        long seq = world.tick();
        switch (event.type()) {
            case WAKING_DEPENDENCY, DEPENDENCY_READY, WAITING_READY -> {}
            case UNIT_STARTED -> {
                house.runs = true;
                house.runsSeq = seq;
            }
            case STARTING -> {
                leavesReady(seq);
                starting(event, seq);
                enter(Status.STARTING, seq);
                house.startingNanos = world.nanos();
                house.startingSeq = seq;
            }
            case READY -> {
                ready();
                enter(Status.READY, seq);
                house.readyEpoch = event.epoch();
                house.readyNanos = world.nanos();
                house.readySeq = seq;
            }
            case STOPPING -> {
                stopping(event);
                leavesReady(seq);
                enter(Status.STOPPING, seq);
            }
            case ERROR -> {
                leavesReady(seq);
                error(event);
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

    private void enter(Status status, long seq) {
        house.before = house.status;
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
        if (status == Status.NAPPING && house.queued) {
            world.count(Event.RESTART_DROPPED);
        }
        house.queued = false;
        world.lookAtLeases(house);
        world.lookAtIdleness(house);
    }

    private void leavesReady(long seq) {
        if (house.drains()) {
            house.servedNanos = world.nanos();
        }
        if (house.status == Status.READY) {
            house.readySeq = seq;
            house.servedNanos = world.nanos();
            if (world.nanos() - house.readyNanos
                    >= house.config.backoff().stableAfter().toNanos()) {
                failures = 0;
                steps = 0;
                earliestNanos = 0;
            }
        }
    }

    private void starting(WakeEvent event, long seq) {
        Cause.Kind why = event.cause().kind();
        boolean person = why == Cause.Kind.PERSON || house.person || house.pin == Pin.READY;
        if (why == Cause.Kind.REQUEST && !house.waitedFor() && !house.demanded && !dependentsWant()) {
            world.violate(
                    house.status == Status.STOPPING ? "rule 4" : "rule 12", house.name + ": starts and nobody waits");
        }
        if ((why == Cause.Kind.REQUEST || why == Cause.Kind.DEPENDENCY)
                && !person
                && house.status != Status.STOPPING
                && world.nanos() < earliestNanos) {
            world.violate("rule 12", house.name + ": starts " + (earliestNanos - world.nanos()) + " ns too early");
        }
        if (why == Cause.Kind.OUTSIDE) {
            world.count(Event.ADOPTED);
        } else if (world.closing()) {
            world.violate("close", house.name + ": starts while closing");
        }
        house.person = false;
        house.verbs.attemptBegins();
        long epoch = event.epoch();
        world.lookLater(house.wake, () -> {
            if (house.status == Status.STARTING && house.startingSeq == seq && !world.closing()) {
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

    private void ready() {
        house.sleepNow = false;
        house.drainNanos = -1;
        house.used = false;
        house.over = false;
        house.freshNanos = world.nanos();
        SimCall probe = world.stimulus();
        if (probe != null && probe.kind == SimCall.Kind.PROBE && house.verbs.isOver(probe.run)) {
            world.violate("rule 5", house.name + ": ready by a probe of " + probe.run + ", which is over");
        }
        if (house.config.isGroup()) {
            for (Need need : house.needs) {
                if (!need.edge.optional() && !need.met(house.startingSeq, house.startingNanos)) {
                    world.violate("rule 6", house.name + ": group is ready before " + need.on.name);
                }
            }
        }
    }

    private void stopping(WakeEvent event) {
        if (event.cause().kind() != Cause.Kind.IDLE) {
            return;
        }
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
        } else if (now - house.statusNanos < Math.max(LEAST_LINGER, house.idle)) {
            world.violate("rule 7", house.name + ": was not left running for long enough");
        }
    }

    private void error(WakeEvent event) {
        Reason reason = event.reason();
        boolean died = reason.kind() == Reason.Kind.DIED;
        toldRetryNanos = -1;
        if ((died || reason.kind() == Reason.Kind.EXITED) && !reason.message().startsWith("dependency ")) {
            SimCall read = world.stimulus();
            if (read != null && read.kind == SimCall.Kind.STATUS && read.askedSeq < house.verbs.verbAskedSeq) {
                world.violate(
                        "rule 10", house.name + ": " + reason.message() + ", by a read from before the last verb");
            }
        }
        if (reason.kind() == Reason.Kind.NOT_READY
                && !reason.message().startsWith("dependency ")
                && world.nanos() - house.startingNanos < house.wake) {
            world.violate("rule 9", house.name + ": gave up before the deadline");
        }
        if (reason.message().startsWith("dependency ") || reason.kind() == Reason.Kind.START_TIMED_OUT) {
            return;
        }
        if (died && failures == 0) {
            failures = 1;
            earliestNanos = 0;
            return;
        }
        BackoffConfig backoff = house.config.backoff();
        long full = backoff.first().toNanos();
        for (int i = 0; i < steps && full < backoff.max().toNanos(); i++) {
            full *= 2;
        }
        full = Math.min(full, backoff.max().toNanos());
        failures++;
        steps++;
        earliestNanos = world.nanos() + full - full / 4;
    }

    /** A person has the failures forgotten. */
    void reset() {
        failures = 0;
        steps = 0;
        earliestNanos = 0;
        toldRetryNanos = -1;
    }

    /** A request was refused until the given time. */
    void toldRetry(long nanos) {
        if (nanos < earliestNanos || (toldRetryNanos >= 0 && nanos != toldRetryNanos)) {
            world.violate(
                    "rule 12",
                    house.name + ": retry at " + nanos + " (expected: " + toldRetryNanos + ", not before "
                            + earliestNanos + ")");
        }
        toldRetryNanos = nanos;
    }

    private void napping() {
        if (house.status != Status.ERROR && world.stimulusFailed()) {
            world.violate("rule 13", house.name + ": naps after a call that failed");
        }
    }
}
