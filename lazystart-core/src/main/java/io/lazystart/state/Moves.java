// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import org.jspecify.annotations.Nullable;

/** The changes of status that several rules share. */
final class Moves {
    /** Stands for the person who pins the unit up. */
    static final Cause PINNED = new Cause(Cause.Kind.PERSON, "pinned ready");

    /** Stands for the pin, for which nobody passes over the back-off of a dependency each time that the unit is down. */
    private static final Cause KEPT_UP = new Cause(Cause.Kind.FAILURE, "pinned ready");

    /** Stands for a service that is restarted by itself. */
    private static final Cause RESTARTED = new Cause(Cause.Kind.FAILURE, "restarted after a failure");

    private Moves() {}

    /** Begins a wake attempt: one epoch, one deadline that nothing extends. */
    static void startAttempt(Draft d, Cause cause) {
        Reason ailment = d.ailment;
        beginStarting(d, cause, false);
        takeDependencies(d, false, ailment);
    }

    /** Takes in a unit that was found running; its dependencies are taken beside the probe. */
    static void adopt(Draft d, @Nullable String run) {
        beginStarting(d, new Cause(Cause.Kind.OUTSIDE, "found running"), true);
        takeDependencies(d, true, null);
        probe(d, run);
    }

    /** The attempt goes on, up to its deadline, with another run. */
    static void takeAgain(Draft d) {
        d.act(new Action.StopProbing());
        d.enter(Step.DEPENDENCIES);
        d.run = null;
        takeDependencies(d, false, null);
    }

    private static void beginStarting(Draft d, Cause cause, boolean adopted) {
        // A unit that was not ready in time is still probed for an epoch that is over now.
        d.act(new Action.StopProbing());
        d.epoch++;
        d.cause = cause;
        d.enter(Step.DEPENDENCIES);
        d.adopted = adopted;
        d.failures = d.failures.begun();
        d.run = null;
        d.recheck = false;
        d.attemptNanos = d.now;
        d.deadlineNanos = d.now + d.policy.wakeNanos();
        d.publish(WakeEvent.Type.STARTING, adopted ? "found running" : "starting");
        d.arm(Timer.ATTEMPT, d.policy.wakeNanos());
    }

    /** From here on they are to be given back, even if they are never all taken. */
    static void takeDependencies(Draft d, boolean beside, @Nullable Reason ailment) {
        d.dependencies = true;
        d.keepDependencies();
        d.act(new Action.TakeDependencies(d.epoch, d.cause, beside, ailment));
    }

    /** They stay held in an epoch that begins with neither a start nor an adoption. */
    static void keepDependencies(Draft d) {
        if (d.dependencies) {
            d.act(new Action.KeepDependencies(d.epoch));
        }
    }

    /** Reads the unit's status, to choose between start, unpause and adoption. */
    static void look(Draft d) {
        d.read();
        d.enter(Step.LOOK);
    }

    /** The unit runs: probes it until it is ready. */
    static void probe(Draft d, @Nullable String run) {
        d.run = run;
        d.unknown = true;
        d.enter(Step.PROBE);
        d.publish(WakeEvent.Type.UNIT_STARTED, "unit runs");
        String until = d.policy.job() ? "it has ended well" : "it can serve";
        d.publish(WakeEvent.Type.WAITING_READY, "waiting until " + until);
        d.probe(false);
    }

    /** Hands out leases, first to those who wait. */
    static void ready(Draft d) {
        boolean held = d.waiters > 0;
        d.act(new Action.StopProbing());
        if (!d.adopted && d.status() == Status.STARTING) {
            d.act(new Action.Learn(d.now - d.attemptNanos));
        }
        serve(d, "ready");
        d.arm(Timer.IDLE, d.policy.idleNanos(held));
    }

    /** The word opens: first for those who wait. */
    static void serve(Draft d, String message) {
        boolean held = d.waiters > 0;
        d.enter(Step.SERVING);
        d.readyNanos = d.now;
        d.idleFloorNanos = d.now;
        d.failures = d.failures.served();
        if (held) {
            d.waiters = 0;
            d.act(new Action.ServeWaiters());
        }
        d.publish(WakeEvent.Type.READY, message);
        if (!d.policy.job()) {
            d.act(new Action.WatchHealth(d.epoch, false));
        }
    }

    /** Ends the attempt and its waiters with a reason and begins the back-off. */
    static void fail(Draft d, Reason reason, Step step) {
        d.act(new Action.StopProbing());
        d.failures = d.failures.add(reason, false, d.now, d.epoch, d.policy);
        Reason told = d.failures.last(reason);
        d.failWaiters(told);
        error(d, told, step);
    }

    /** What was given up is ready now: that is another incarnation. */
    static void afterAll(Draft d) {
        d.epoch++;
        d.cause = new Cause(Cause.Kind.OUTSIDE, "ready after all");
        keepDependencies(d);
    }

    /** The job has run and ended well: that is its being READY. */
    static void completed(Draft d) {
        d.unknown = false;
        d.run = null;
        ready(d);
        d.done = true;
        d.releaseDependencies();
    }

    /** Goes to ERROR; what could not be put to sleep is tried again when the back-off is over. */
    static void error(Draft d, Reason reason, Step step) {
        d.cause = new Cause(Cause.Kind.FAILURE, reason.message());
        d.enter(step);
        if (d.failures.reason() == null) {
            d.failures = new Failures(0, 0, 0, reason, Failures.Next.DEMAND, false);
        }
        d.publishError(reason);
        if (step == Step.STUCK) {
            retry(d);
        } else {
            keepUp(d);
        }
    }

    /** A unit that is to be kept up and is not is started when the back-off is over. */
    static void keepUp(Draft d) {
        if (wantedUp(d)) {
            retry(d);
        }
    }

    /** Whether the unit is to be up though nobody asks for it. */
    static boolean wantedUp(Draft d) {
        Failures.Next next = d.failures.next();
        boolean wanted = next == Failures.Next.ITSELF || (d.pin == Pin.READY && next != Failures.Next.PERSON);
        return wanted && !d.failures.open();
    }

    /** Starts a unit that is to be up though nobody asks for it. */
    static void startByItself(Draft d) {
        startAttempt(d, d.pin == Pin.READY ? KEPT_UP : RESTARTED);
    }

    private static void retry(Draft d) {
        d.arm(Timer.RETRY, d.failures.overAt(d.now) - d.now);
    }

    /** The run is over, not by us: asleep if it ended well and nobody wants it, else a death. */
    static void ended(Draft d, Reason death, boolean well, int leases) {
        forgetIfStable(d);
        if (leases > 0) {
            d.act(new Action.LoseLeases(death));
        } else if (well && d.pin != Pin.READY) {
            d.cause = new Cause(Cause.Kind.OUTSIDE, death.message());
            nap(d);
            return;
        }
        died(d, death);
        error(d, d.failures.last(death), Step.FAILED);
    }

    /** Counts a death. A pin is a person's standing wake: it is stronger than a service that only persons restart. */
    static void died(Draft d, Reason death) {
        d.failures = d.failures.add(death, true, d.now, d.epoch, d.policy).then(restart(d));
    }

    /** What may start a unit that has died. */
    static Failures.Next restart(Draft d) {
        boolean pinned = d.pin == Pin.READY && d.policy.restart() == Failures.Next.PERSON;
        return pinned ? Failures.Next.DEMAND : d.policy.restart();
    }

    /** Puts the unit to sleep by the service's own method. */
    static void stop(Draft d, Cause cause) {
        beginStopping(d, cause);
        sleepUnit(d);
    }

    /** Begins STOPPING; a step of it must be entered next. */
    static void beginStopping(Draft d, Cause cause) {
        if (d.status() == Status.READY) {
            forgetIfStable(d);
        }
        d.act(new Action.StopProbing());
        d.epoch++;
        d.cause = cause;
        d.ailment = null;
        d.stopKind = stopKind(d);
        d.stopTried = false;
        d.publish(WakeEvent.Type.STOPPING, "putting to sleep");
    }

    /** Whether the unit is left as it is at the end. */
    static boolean isLeft(Draft d) {
        return d.closing && !d.policy.stopOnClose();
    }

    /** Whether another unit is to take the place of this one. */
    static boolean makesRoom(Draft d) {
        return d.change == Change.REPLACED;
    }

    /** Whether the unit is not to be unpaused by this watcher again, as its configuration has gone. */
    static boolean isForGood(Draft d) {
        return d.change != Change.NONE;
    }

    /** What puts the unit to sleep. A pause heals nothing, and clears no place: then it is a stop. */
    static Verb.Kind stopKind(Draft d) {
        Verb.Kind own = d.policy.stopKind();
        boolean sound = d.ailment == null && !isForGood(d);
        return !sound && own == Verb.Kind.PAUSE ? Verb.Kind.STOP : own;
    }

    /** Issues the stop verb, or waits for the slot. A start that still holds it is interrupted. */
    static void sleepUnit(Draft d) {
        if (isLeft(d)) {
            ConfigRules.left(d);
            return;
        }
        Verb.Kind kind = d.stopKind == null ? stopKind(d) : d.stopKind;
        if (d.done) {
            d.done = false;
            confirm(d);
        } else if (d.verb == null) {
            d.run(kind, d.policy.sleepNanos(kind, d.hurries()));
            d.stopTried = true;
            d.enter(Step.STOP_VERB);
        } else {
            awaitSlot(d);
        }
    }

    /** Waits for the verb in flight; a start is interrupted. The unit's status is read then. */
    static void awaitSlot(Draft d) {
        if (d.verb != null && d.verb.kind().wakes()) {
            d.interruptVerb();
        }
        d.enter(Step.STOP_SLOT);
    }

    /** Reads the unit's status, to see whether it is asleep. */
    static void confirm(Draft d) {
        d.read();
        d.enter(Step.CONFIRM);
    }

    /** Not asleep: tries the verb that is due, then a stronger one, then gives up until the back-off is over. */
    static void escalate(Draft d, String observed) {
        if (isLeft(d)) {
            ConfigRules.left(d);
            return;
        }
        if (!d.stopTried || d.stopKind != Verb.Kind.KILL) {
            boolean paused = d.stopKind == Verb.Kind.PAUSE && stopKind(d) == Verb.Kind.STOP;
            d.stopKind = paused ? Verb.Kind.STOP : d.stopTried ? Verb.Kind.KILL : d.stopKind;
            sleepUnit(d);
            return;
        }
        Reason reason = Reason.of(Reason.Kind.STOP_FAILED, "could not be put to sleep: " + observed);
        d.failures = d.failures.addStop(reason, d.now, d.epoch, d.policy);
        d.failWaiters(reason);
        error(d, reason, Step.STUCK);
        if (d.hurries()) {
            d.act(new Action.Closed(DemandRules.closeCause(d)));
        }
    }

    /**
     * The stopped unit is known to be asleep: makes room for another, starts again for those who asked meanwhile, naps, or is
     * in error.
     */
    static void asleep(Draft d) {
        if (makesRoom(d)) {
            ConfigRules.vacate(d);
            return;
        }
        Reason ailment = d.ailment;
        if (startAgain(d)) {
            return;
        }
        if (ailment == null || d.closing) {
            nap(d);
        } else {
            d.run = null;
            error(d, d.failures.last(ailment), Step.FAILED);
        }
    }

    /** Starts a unit that is down for those who asked meanwhile, or because it is to be up; tells whether it did. */
    static boolean startAgain(Draft d) {
        boolean wanted = d.waiters > 0 || d.demanded;
        if (d.closing || !(wanted || (wantedUp(d) && !d.failures.bars(d.now)))) {
            return false;
        }
        // Who queued the restart may have left.
        if (!wanted || d.queuedBy == null) {
            startByItself(d);
        } else {
            startAttempt(d, d.queuedBy);
        }
        return true;
    }

    /** Goes to NAPPING. */
    static void nap(Draft d) {
        nap(d, "asleep");
    }

    /** Goes to NAPPING, as far as this service is concerned. */
    static void nap(Draft d, String message) {
        d.unknown = false;
        d.run = null;
        d.recheck = false;
        d.enter(Step.ASLEEP);
        d.publish(WakeEvent.Type.NAPPING, message);
        if (d.closing) {
            d.act(new Action.Closed(DemandRules.closeCause(d)));
        } else {
            keepUp(d);
        }
    }

    /** A unit that was READY for long enough has its failures forgotten. */
    static void forgetIfStable(Draft d) {
        if (d.now - d.readyNanos >= d.policy.stableNanos()) {
            d.failures = Failures.NONE;
        }
    }
}
