// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WatcherSnapshot;
import java.util.concurrent.CompletableFuture;

/** Somebody who uses a service, and what they see: the rules 3, 8, 11 and 12 as far as callers are concerned. */
final class Caller {
    private final House house;
    private final World world;
    private final long deadlineNanos;
    private final long askedSeq;
    CompletableFuture<Lease> future;
    private Lease lease;
    private boolean answered;
    private boolean closed;
    private int losses;

    /** The epoch of the unit that others use too, when the lease was given; -1 where it may be of the run before. */
    private long unitEpoch = -1;

    Caller(House house, long waitNanos) {
        this.house = house;
        this.world = house.world;
        this.deadlineNanos = world.nanos() + waitNanos;
        this.askedSeq = world.tick();
    }

    boolean waits() {
        return !answered;
    }

    boolean isOpen() {
        return lease != null && !closed;
    }

    /** Whether the caller holds a lease of the incarnation and was not told that it is lost. */
    boolean holds(long epoch) {
        return isOpen() && losses == 0 && lease.epoch() == epoch;
    }

    boolean holdsUnlost() {
        return isOpen() && losses == 0;
    }

    long epoch() {
        return lease.epoch();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what it throws is a bug of the world's, and none is thrown
    void waiting(CompletableFuture<Lease> given, long waitNanos) {
        future = given;
        given.whenComplete((held, failure) -> answered(held, failure));
        world.lookLater(waitNanos, () -> {
            if (!answered) {
                world.violate("rule 3", house.name + ": a caller was not answered by the deadline");
            }
        });
    }

    private void answered(Lease held, Throwable failure) {
        answered = true;
        if (held != null) {
            world.count(Event.CALLER_SERVED);
            got(held);
        } else if (failure instanceof WakeException refusal) {
            refused(refusal);
        } else {
            house.callers.remove(this);
        }
    }

    void got(Lease held) {
        answered = true;
        lease = held;
        House unit = house.owner;
        if (unit != null && unit.status == Status.READY && unit.statusNanos + House.LATE < world.nanos()) {
            unitEpoch = unit.watcher.snapshot().epoch();
        }
        house.touched();
        if (house.ailing && askedSeq > house.statusSeq) {
            world.violate("rule 2", house.name + ": a lease is given while it is unhealthy");
        }
        held.onLost(reason -> {
            world.say(house, "lease lost (" + reason.message() + ")");
            world.count(Event.LEASE_LOST);
            losses++;
            if (reason.message().startsWith("ended") && unitGoesOn()) {
                world.violate("rule 5", house.name + ": is told of the end of a run that goes on");
            }
            boolean ailed = reason.message().startsWith("unhealthy: ");
            if (ailed && world.nanos() - house.drainNanos < house.drain) {
                world.violate("rule 2", house.name + ": an unhealthy unit loses its leases before the drain is over");
            }
            boolean replaced = replaced(reason);
            if (replaced && world.nanos() - house.drainNanos < house.drain) {
                world.violate("rule 2", house.name + ": leases are lost to another unit before the drain is over");
            }
            if (closed || losses > 1) {
                world.violate("rule 8", house.name + ": told of a loss " + losses + " times, closed: " + closed);
            }
        });
        world.lookAtLeases(house);
    }

    private boolean unitGoesOn() {
        WatcherSnapshot unit = house.owner == null ? null : house.owner.watcher.snapshot();
        return unit != null && unit.status() == Status.READY && unit.epoch() == unitEpoch;
    }

    private void refused(WakeException refusal) {
        house.callers.remove(this);
        Reason.Kind kind = refusal.reason().kind();
        world.say(house, "caller refused (" + refusal.reason().message() + ")");
        if (replaced(refusal.reason())) {
            world.violate("rule 3", house.name + ": a caller is refused for a change of the configuration");
        }
        if (kind == Reason.Kind.REMOVED) {
            world.count(Event.REFUSED_AS_REMOVED);
        }
        if (askedSeq > house.removedSeq && !world.closing() && kind != Reason.Kind.REMOVED) {
            world.violate("rule 3", house.name + ": removed, and a caller is told " + refusal.reason());
        }
        if (kind == Reason.Kind.WAIT_EXPIRED) {
            world.count(Event.CALLER_EXPIRED);
            if (world.nanos() < deadlineNanos) {
                world.violate("rule 3", house.name + ": a caller's time was over too early");
            } else if (house.status == Status.STARTING
                    && !house.ailing
                    && house.startingNanos < world.nanos()
                    && house.startingNanos + house.wake <= world.nanos()) {
                world.violate("rule 3", house.name + ": the caller's deadline beat the attempt's reason");
            }
        } else {
            world.count(Event.CALLER_REFUSED);
            backingOff(refusal);
        }
    }

    /** Whether that is for another unit of the service itself, and not of one that it needs. */
    private static boolean replaced(Reason reason) {
        return reason.kind() == Reason.Kind.REPLACED && !reason.message().startsWith("dependency ");
    }

    /** All who are refused in one back-off are told the same end of it. */
    private void backingOff(WakeException refusal) {
        boolean own = refusal.reason().kind() != Reason.Kind.PINNED
                && refusal.reason().kind() != Reason.Kind.CLOSING
                && !refusal.reason().message().startsWith("dependency ");
        if (own && house.status == Status.ERROR && house.owner == null) {
            house.failures.refused(refusal.reason(), refusal.retryAfter());
        }
    }

    /** Leaves before there was an answer. */
    void leave() {
        long epoch = house.watcher.snapshot().epoch();
        house.callers.remove(this);
        world.count(Event.CALLER_LEFT);
        if (house.status == Status.READY) {
            // Served already: the lease is given back unseen.
            house.used = true;
            house.releaseNanos = world.nanos();
            house.touched();
        }
        future.cancel(true);
        if (house.watcher.snapshot().epoch() != epoch
                || house.watcher.snapshot().status() != house.status) {
            world.violate("rule 11", house.name + ": a caller left and the wake did not go on");
        }
    }

    void release() {
        closed = true;
        house.callers.remove(this);
        if (lease.epoch() == house.readyEpoch) {
            house.used = true;
            house.releaseNanos = world.nanos();
            if (house.status == Status.STOPPING && losses == 0 && !house.leased()) {
                world.count(Event.RELEASE_CROSSES_STOP);
            }
        }
        house.touched();
        lease.close();
        lease.close(); // counts for nothing
        world.lookAtIdleness(house);
    }
}
