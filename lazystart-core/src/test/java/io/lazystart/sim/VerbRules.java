// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.sim.SimCall.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The rules about calls of the provider: 1, 2, 6, 10, 13, 14. */
final class VerbRules {
    private static final long KILL = TimeUnit.SECONDS.toNanos(10);

    private final House house;
    private final World world;

    /** The last read that told a status, and when the last read of any outcome began that has ended. */
    private State read;

    /** Which run was told last. */
    private String readRun;

    private long readSeq = -1;
    private long readNanos = -1;
    private long readTriedSeq = -1;

    /** When the last verb began and ended, and when one did so before the last began. */
    long verbBegunSeq = -1;

    long verbAskedSeq = -1;

    /** When the core was told that a run is over, truly or not. */
    long endToldNanos = -1;

    private long verbEndedSeq = -1;
    private long verbFloorSeq = -1;
    private long failedSeq = -1;

    /** The run that our start has begun, and whether the core was told then that it is over. */
    private String run;

    private String overRun;

    private long overSeq;

    VerbRules(House house) {
        this.house = house;
        this.world = house.world;
    }

    void begins(SimCall call) {
        if (call.kind == Kind.STATUS) {
            readTriedSeq = call.begunSeq;
        }
        if (!call.kind.isVerb()) {
            return;
        }
        if (house.drains()) {
            house.readySeq = call.begunSeq;
            house.servedNanos = world.nanos();
        }
        verbFloorSeq = Math.max(verbBegunSeq, verbEndedSeq);
        verbBegunSeq = call.begunSeq;
        verbAskedSeq = call.askedSeq;
        oneAtATime(call);
        if (failedSeq >= 0 && readTriedSeq < failedSeq) {
            world.violate("rule 13", call + " after a failed verb without a read");
        }
        failedSeq = -1;
        if (call.kind.wakes()) {
            wakes(call);
        } else {
            sleeps(call);
        }
        long limit = call.kind.wakes()
                ? Math.max(0, house.startingNanos + house.wake - world.nanos())
                : call.kind == Kind.KILL ? KILL : house.stop;
        world.lookLater(limit, () -> {
            if (!call.ended && !call.interrupted) {
                world.violate("rule 1", call + " is past its deadline and was not interrupted");
            }
        });
    }

    private void oneAtATime(SimCall call) {
        for (SimCall other : house.unit.provider.inFlight) {
            if (!other.kind.isVerb()) {
                continue;
            }
            boolean abandoned = other.interrupted && world.nanos() - other.interruptedNanos >= House.GRACE;
            if (!abandoned) {
                world.violate("rule 1", call + " beside " + other);
            } else if (call.kind.wakes() && readNanos < other.interruptedNanos + House.GRACE) {
                world.violate("rule 1", call + " without a read since " + other + " was abandoned");
            }
        }
    }

    private void wakes(SimCall call) {
        house.restKnown = false;
        run = null;
        overRun = null;
        long wanting = house.dependents.stream()
                .filter(service -> service.owner == house && service.status == Status.STARTING)
                .count();
        if (wanting > 1) {
            world.count(Event.SHARED_WAKE);
        }
        State expected = call.kind == Kind.START ? State.STOPPED : State.PAUSED;
        // A call that was asked for in time may begin when its unit has come further by itself.
        if (house.status != Status.STARTING && call.askedSeq > house.statusSeq) {
            world.violate("rule 12", call + " in " + house.status);
        } else if (house.closing()) {
            world.violate("close", call + " while closing");
        } else if (readSeq < house.startingSeq || readSeq < verbFloorSeq) {
            world.violate("rule 10", call + " without a status read since the wake began and the last verb ended");
        } else if (read != expected) {
            world.violate("rule 14", call + " though " + read + " was read");
        }
        for (Need need : house.needs) {
            // What is paused has been started upon its jobs before.
            boolean before = need.isJob() && call.kind == Kind.UNPAUSE;
            if (!need.edge.optional() && !before && !need.met(house)) {
                world.violate("rule 6", call + " before " + need.on.name + " was up");
            }
            // What a person has put to sleep under the attempt is not taken again, and what has failed under it only
            // later.
            boolean failed = need.on.errorNanos >= house.startingNanos;
            boolean kept = !need.edge.optional() && !need.isJob(); // a job that is done need not be kept
            boolean held = kept && need.on.status == Status.READY && !need.on.slept && !failed;
            need.epoch = held ? need.on.readyEpoch : -1;
        }
    }

    private void sleeps(SimCall call) {
        leasesEnd(house, call);
        for (House dependent : house.dependents) {
            if (dependent.owner == house) {
                leasesEnd(dependent, call);
            }
            for (Need need : dependent.needs) {
                // What is left as it is gives back what it holds, since nobody watches it any more.
                boolean left = dependent.isLeft() && dependent.status == Status.NAPPING;
                boolean held = need.on == house
                        && !left
                        && need.epoch >= 0
                        && need.epoch == house.readyEpoch
                        && house.served
                        && !house.over;
                if (held && !house.mayStopLeased()) {
                    world.violate("rule 6", call + " though " + dependent.name + " is not known to rest");
                }
            }
        }
    }

    /** The unit is put down that the service uses, perhaps beside others. */
    private void leasesEnd(House service, SimCall call) {
        if (service.leased() && !service.mayStopLeased()) {
            long epoch = service.readyEpoch;
            List<Caller> held = List.copyOf(service.callers);
            // A loss that was decided is told by another thread, which may be later.
            world.lookLater(0, () -> {
                for (Caller caller : held) {
                    if (caller.holds(epoch)) {
                        world.violate("rule 2", call + " while a lease of " + service.name + " is open");
                    }
                }
            });
        }
    }

    /** Whether the core knows that the run is over. */
    boolean isOver(String probed) {
        return probed != null && probed.equals(overRun);
    }

    /** A new attempt begins: what was known of runs means nothing for it. */
    void attemptBegins() {
        run = null;
        overRun = null;
        house.restKnown = false;
    }

    /** A call is about to tell the core how it ended. */
    void ends(SimCall call, Exception failure) {
        long seq = world.tick();
        if (call.kind == Kind.STATUS) {
            if (failure == null && call.sample instanceof UnitStatus told) {
                readSeq = call.begunSeq;
                readNanos = call.begunNanos;
                read = told.state();
                boolean other = readRun != null && told.run() != null && !readRun.equals(told.run());
                readRun = told.run() == null ? readRun : told.run();
                house.over |= read != State.RUNNING || other;
                if (read == State.RUNNING && call.begunSeq > overSeq) {
                    overRun = null; // it was a lie
                }
                if (read == State.STOPPED) {
                    rests();
                }
                // What was asked before the last verb tells of a unit that is no more, and another read makes one void.
                if (call.askedSeq > verbAskedSeq && call.begunSeq >= readTriedSeq) {
                    house.restKnown = read == State.STOPPED;
                    if (house.status == Status.NAPPING && house.restKnown) {
                        house.restedNanos = house.rested ? house.restedNanos : world.nanos();
                        house.rested = true;
                    }
                }
            }
        } else if (call.kind.isVerb()) {
            verbEndedSeq = seq;
            boolean abandoned = call.interrupted && world.nanos() - call.interruptedNanos >= House.GRACE;
            if (failure != null && !abandoned && !call.kind.wakes()) {
                failedSeq = seq;
                world.count(Event.STOP_ESCALATED);
            } else if (failure == null && (call.kind == Kind.STOP || call.kind == Kind.KILL)) {
                rests();
                house.restKnown = true;
            } else if (call.kind == Kind.START && !call.interrupted && call.begunSeq > house.startingSeq) {
                run = (String) call.sample;
                readRun = run == null ? readRun : run;
            }
        }
    }

    /** The provider's stream is about to tell the core something. */
    void told(UnitEvent.Kind kind, String told) {
        long seq = world.tick();
        if (kind == UnitEvent.Kind.ENDED) {
            rests();
            endToldNanos = world.nanos();
            house.over = true;
            overRun = told != null && told.equals(run) ? run : overRun;
            overSeq = seq;
        }
    }

    /** The core was told that the unit rests: what it holds of others it may give back. */
    private void rests() {
        house.touched();
        for (Need need : house.needs) {
            need.epoch = -1;
        }
    }
}
