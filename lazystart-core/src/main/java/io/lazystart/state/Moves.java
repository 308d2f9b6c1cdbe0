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
    /** Stands for a pin that keeps the unit up. */
    static final Cause PINNED = new Cause(Cause.Kind.PERSON, "pinned ready");

    private Moves() {}

    /** Begins a wake attempt: one epoch, one deadline that nothing extends. */
    static void startAttempt(Draft d, Cause cause) {
        beginStarting(d, cause, false);
        takeDependencies(d, false);
    }

    /** Takes in a unit that was found running; its dependencies are taken beside the probe. */
    static void adopt(Draft d, @Nullable String run) {
        beginStarting(d, new Cause(Cause.Kind.OUTSIDE, "found running"), true);
        takeDependencies(d, true);
        probe(d, run);
    }

    private static void beginStarting(Draft d, Cause cause, boolean adopted) {
        d.epoch++;
        d.cause = cause;
        d.enter(Step.DEPENDENCIES);
        d.adopted = adopted;
        d.run = null;
        d.recheck = false;
        d.attemptNanos = d.now;
        d.deadlineNanos = d.now + d.policy.wakeNanos();
        d.publish(WakeEvent.Type.STARTING, adopted ? "found running" : "starting");
        d.arm(Timer.ATTEMPT, d.policy.wakeNanos());
    }

    /** From here on they are to be given back, even if they are never all taken. */
    static void takeDependencies(Draft d, boolean beside) {
        d.dependencies = true;
        d.keepDependencies();
        d.act(new Action.TakeDependencies(d.epoch, d.cause, beside));
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
        if (d.policy.job()) {
            d.publish(WakeEvent.Type.WAITING_READY, "waiting until it has ended well");
        } else {
            d.publish(WakeEvent.Type.WAITING_READY, "waiting until it can serve");
            d.act(new Action.Probe(d.epoch, d.now, false));
        }
    }

    /** Hands out leases, first to those who wait. */
    static void ready(Draft d) {
        boolean held = d.waiters > 0;
        d.act(new Action.StopProbing());
        if (!d.adopted && d.status() == Status.STARTING) {
            d.act(new Action.Learn(d.now - d.attemptNanos));
        }
        d.enter(Step.SERVING);
        d.readyNanos = d.now;
        d.idleFloorNanos = d.now;
        if (held) {
            d.waiters = 0;
            d.act(new Action.ServeWaiters());
        }
        d.publish(WakeEvent.Type.READY, "ready");
        d.arm(Timer.IDLE, d.policy.idleNanos(held));
    }

    /** Ends the attempt and its waiters with a reason and begins the back-off. */
    static void fail(Draft d, Reason reason, Step step) {
        d.act(new Action.StopProbing());
        d.failures = d.failures.add(reason, false, d.now, d.epoch, d.policy);
        d.failWaiters(reason);
        error(d, reason, step);
    }

    /** The job has run and ended well: that is its being READY. */
    static void completed(Draft d) {
        d.unknown = false;
        d.run = null;
        ready(d);
        d.done = true;
    }

    /** Goes to ERROR; what could not be put to sleep is tried again when the back-off is over. */
    static void error(Draft d, Reason reason, Step step) {
        d.cause = new Cause(Cause.Kind.FAILURE, reason.message());
        d.enter(step);
        d.publishError(reason);
        if (step == Step.STUCK) {
            retry(d);
        } else {
            keepUp(d);
        }
    }

    /** A unit that is to be kept up and is not is started when the back-off is over. */
    static void keepUp(Draft d) {
        if (d.pin == Pin.READY) {
            retry(d);
        }
    }

    private static void retry(Draft d) {
        d.arm(Timer.RETRY, d.failures.retryAtNanos() - d.now);
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
        d.failures = d.failures.add(death, true, d.now, d.epoch, d.policy);
        error(d, death, Step.FAILED);
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
        d.stopKind = d.policy.stopKind();
        d.stopTried = false;
        d.publish(WakeEvent.Type.STOPPING, "putting to sleep");
    }

    /** Issues the stop verb, or waits for the slot. A start that still holds it is interrupted. */
    static void sleepUnit(Draft d) {
        Verb.Kind kind = d.stopKind == null ? d.policy.stopKind() : d.stopKind;
        if (d.done) {
            d.done = false;
            confirm(d);
        } else if (d.verb == null) {
            d.run(kind, d.policy.sleepNanos(kind, d.closing));
            d.stopTried = true;
            d.enter(Step.STOP_VERB);
        } else {
            if (d.verb.kind().wakes()) {
                d.interruptVerb();
            }
            d.enter(Step.STOP_SLOT);
        }
    }

    /** Reads the unit's status, to see whether it is asleep. */
    static void confirm(Draft d) {
        d.read();
        d.enter(Step.CONFIRM);
    }

    /** Not asleep: tries the verb that is due, then a stronger one, then gives up until the back-off is over. */
    static void escalate(Draft d, String observed) {
        if (!d.stopTried || d.stopKind != Verb.Kind.KILL) {
            d.stopKind = d.stopTried ? Verb.Kind.KILL : d.stopKind;
            sleepUnit(d);
            return;
        }
        Reason reason = Reason.of(Reason.Kind.STOP_FAILED, "could not be put to sleep: " + observed);
        d.failures = d.failures.add(reason, false, d.now, d.epoch, d.policy);
        d.failWaiters(reason);
        error(d, reason, Step.STUCK);
        if (d.closing) {
            d.act(new Action.Closed());
        }
    }

    /** The stopped unit is known to be asleep: naps, or starts again for those who asked meanwhile. */
    static void asleep(Draft d) {
        boolean wanted = d.waiters > 0 || d.demanded;
        boolean pinned = d.pin == Pin.READY && !d.failures.backingOff(d.now);
        if (!d.closing && (wanted || pinned)) {
            startAttempt(d, d.queuedBy == null ? PINNED : d.queuedBy);
        } else {
            nap(d);
        }
    }

    /** Goes to NAPPING. */
    static void nap(Draft d) {
        d.unknown = false;
        d.run = null;
        d.recheck = false;
        d.enter(Step.ASLEEP);
        d.publish(WakeEvent.Type.NAPPING, "asleep");
        if (d.closing) {
            d.act(new Action.Closed());
        } else {
            keepUp(d);
        }
    }

    /** A unit that was READY for long enough has its failures forgotten. */
    private static void forgetIfStable(Draft d) {
        if (d.now - d.readyNanos >= d.policy.stableNanos()) {
            d.failures = Failures.NONE;
        }
    }
}
