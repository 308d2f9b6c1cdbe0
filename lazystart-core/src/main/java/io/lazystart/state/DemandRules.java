// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import org.jspecify.annotations.Nullable;

/** What callers, persons and the closing host ask for. */
final class DemandRules {
    private static final Cause PERSON = new Cause(Cause.Kind.PERSON, "put to sleep");
    private static final Cause CLOSE = new Cause(Cause.Kind.CLOSE, "the host closes");
    private static final Reason CLOSING = Reason.of(Reason.Kind.CLOSING, "the host is closing");
    private static final Reason REMOVED =
            Reason.of(Reason.Kind.REMOVED, "the service was removed from the configuration");
    private static final Reason ASLEEP = Reason.of(Reason.Kind.PUT_TO_SLEEP, "put to sleep by a person");
    private static final Reason PINNED = Reason.of(Reason.Kind.PINNED, "pinned asleep by a person");

    private DemandRules() {}

    /** A caller wants a lease: gets it, waits, or is refused with a reason. */
    static void acquire(Draft d, Cause cause) {
        if (d.status() == Status.READY) {
            d.act(new Action.ServeOne());
            return;
        }
        Reason refusal = refusal(d, cause);
        if (refusal != null) {
            d.act(new Action.RefuseOne(refusal, d.failures.askAgainAt(d.now)));
            return;
        }
        d.act(new Action.KeepOne());
        d.waiters++;
        demand(d, cause);
    }

    /** Somebody wants the service without waiting. */
    static void wake(Draft d, Cause cause) {
        if (d.status() == Status.READY || refusal(d, cause) != null) {
            return;
        }
        demand(d, cause);
        d.demanded = d.status() == Status.STOPPING || d.step == Step.AILING;
    }

    /** Starts an attempt, joins the one there is, or queues a restart. */
    private static void demand(Draft d, Cause cause) {
        switch (d.status()) {
            case NAPPING, ERROR -> {
                if (Moves.makesRoom(d)) {
                    kill(d, cause); // the place is still taken
                    queue(d, cause);
                } else {
                    Moves.startAttempt(d, cause);
                }
            }
            case STOPPING -> queue(d, cause);
            case STARTING -> {
                if (d.step == Step.AILING) {
                    queue(d, cause);
                }
            }
            case READY -> {}
        }
    }

    /** Queues a restart; who did so first is its cause. */
    static void queue(Draft d, Cause cause) {
        if (d.queuedBy == null) {
            d.queuedBy = cause;
        }
    }

    /** Says why a demand is refused now, or null. An attempt under way is joined even in a back-off. */
    private static @Nullable Reason refusal(Draft d, Cause cause) {
        if (d.closing) {
            return closing(d);
        }
        if (d.pin == Pin.NAPPING) {
            return PINNED;
        }
        // What the former unit did is not held against those who wait for another.
        boolean another = d.step == Step.VACANT || (d.status() == Status.STOPPING && Moves.makesRoom(d));
        boolean held = d.status() != Status.STARTING && !another && d.failures.bars(d.now);
        return held && cause.kind() != Cause.Kind.PERSON ? d.failures.reason() : null;
    }

    /** A waiter's own deadline passed; at the same instant the attempt's reason wins. */
    static void waiterExpired(Draft d) {
        if (d.status() == Status.STARTING && d.step != Step.AILING && d.now - d.deadlineNanos >= 0) {
            TimeRules.attemptExpired(d, "");
        } else {
            d.waiters--;
            d.act(new Action.ExpireOne());
        }
    }

    /** A person puts the service to sleep. */
    static void sleep(Draft d, boolean atOnce, int leases) {
        if (d.closing) {
            return;
        }
        if (d.pin == Pin.READY) {
            d.pin = Pin.NONE;
        }
        sleep(d, PERSON, ASLEEP, atOnce ? 0 : d.policy.drainNanos(), leases);
    }

    /** Puts the service to sleep; leases get so much time to end, which is none at all for 0. */
    static void sleep(Draft d, Cause cause, Reason reason, long drainNanos, int leases) {
        if (d.failures.next() == Failures.Next.ITSELF) {
            d.failures = d.failures.then(Failures.Next.DEMAND);
        }
        switch (d.step) {
            case ASLEEP, FAILED -> {}
            case DEPENDENCIES, LOOK, START_SLOT, START_VERB, PROBE -> {
                d.failWaiters(reason);
                stopStarting(d, cause);
            }
            case SERVING, ASKING -> leave(d, cause, reason, drainNanos, leases);
            case AILING -> {
                d.failWaiters(reason);
                d.forgetRestart();
                leave(d, cause, reason, drainNanos, leases);
            }
            case DRAIN -> {
                if (drainNanos == 0) {
                    cutDrain(d, reason);
                }
            }
            case STOP_SLOT, STOP_VERB, CONFIRM, VACANT -> {}
            case LINGERING -> Moves.stop(d, cause);
            case STUCK -> kill(d, cause);
        }
    }

    /** Puts a unit to sleep that is starting: where nothing has been issued it only looks whether it runs. */
    static void stopStarting(Draft d, Cause cause) {
        boolean issued = d.step == Step.PROBE || d.verb != null;
        Moves.beginStopping(d, cause);
        if (issued) {
            Moves.sleepUnit(d);
        } else {
            Moves.confirm(d);
        }
    }

    /** Puts a unit to sleep that is or was ready, when its leases have ended or their time has; its word is closed. */
    static void leave(Draft d, Cause cause, Reason reason, long drainNanos, int leases) {
        Moves.beginStopping(d, cause);
        if (leases == 0) {
            Moves.sleepUnit(d);
        } else if (drainNanos == 0) {
            cutDrain(d, reason);
        } else {
            d.enter(Step.DRAIN);
            d.arm(Timer.DRAIN, drainNanos);
        }
    }

    /** The drain is over though leases are open. */
    static void drainOver(Draft d) {
        if (Moves.isLeft(d)) {
            ConfigRules.left(d); // who uses it goes on using it
            return;
        }
        cutDrain(d, d.closing ? closing(d) : Moves.makesRoom(d) ? ConfigRules.REPLACED : ASLEEP);
    }

    private static void cutDrain(Draft d, Reason reason) {
        d.act(new Action.LoseLeases(reason));
        Moves.sleepUnit(d);
    }

    /** Ends by force a unit that could not be put to sleep. */
    static void kill(Draft d, Cause cause) {
        Moves.beginStopping(d, cause);
        d.stopKind = Verb.Kind.KILL;
        Moves.sleepUnit(d);
    }

    /** A person forgets the failures: back-off and open circuit are over, and what is to be up is started. */
    static void reset(Draft d) {
        if (d.closing) {
            return;
        }
        boolean down = d.step == Step.FAILED || d.step == Step.ASLEEP;
        boolean wanted = d.pin == Pin.READY || d.failures.next() == Failures.Next.ITSELF;
        d.failures = d.failures.reset();
        if (down && wanted) {
            Moves.startByItself(d);
        }
    }

    /** A person holds a status, or lets go. */
    static void pin(Draft d, Pin pin, int leases) {
        if (d.closing) {
            return;
        }
        Pin before = d.pin;
        d.pin = pin;
        switch (pin) {
            case NAPPING -> {
                if (d.status() == Status.STOPPING) {
                    d.failWaiters(PINNED);
                    d.forgetRestart();
                }
                sleep(d, PERSON, PINNED, d.policy.drainNanos(), leases);
            }
            case READY -> wake(d, Moves.PINNED);
            case NONE -> {
                if (before == Pin.READY && d.status() == Status.READY) {
                    TimeRules.idleAnew(d);
                }
            }
        }
    }

    private static Reason closing(Draft d) {
        return closing(d.change);
    }

    static Cause closeCause(Draft d) {
        return d.change == Change.REMOVED ? ConfigRules.REMOVED : CLOSE;
    }

    /** Why nobody is let in any more. */
    static Reason closing(Change change) {
        return change == Change.REMOVED ? REMOVED : CLOSING;
    }

    /**
     * The host closes: waiters end, a start in flight is interrupted, the unit is stopped or left. While others depend on it a
     * unit stays until its leases are given back, or until it is closed again without that.
     */
    static void close(Draft d, boolean hold, int leases) {
        if (d.closing) {
            closeAgain(d, hold);
            return;
        }
        d.change = Change.NONE;
        shut(d);
        if (d.policy.stopOnClose()) {
            closeStopping(d, hold ? Policy.CLOSE_HOLD_NANOS : 0, leases);
        } else {
            closeLeaving(d, leases);
        }
    }

    private static void closeAgain(Draft d, boolean hold) {
        if (d.change == Change.REMOVED) {
            d.change = Change.NONE; // it was in no hurry until now
            hurryStop(d);
            if (d.step == Step.STUCK) {
                d.read = 0; // nobody waits for what it says
                d.act(new Action.Closed(CLOSE));
            }
        }
        if ((!hold || Moves.isLeft(d)) && d.step == Step.DRAIN) {
            cutDrain(d, CLOSING);
        }
    }

    /** Nobody is let in any more, and nothing is started. */
    static void shut(Draft d) {
        d.failWaiters(closing(d));
        d.closing = true;
        d.forgetRestart();
    }

    /**
     * Stops the unit, whatever it is doing. When the host closes, a unit that sleeps as far as is known is closed at once; one
     * whose service is removed may be paused, or have been started from outside just now, and nobody looks at it later.
     */
    static void closeStopping(Draft d, long drainNanos, int leases) {
        Cause cause = closeCause(d);
        boolean down = d.step == Step.FAILED || d.step == Step.ASLEEP;
        if (d.step == Step.VACANT) {
            Moves.nap(d);
        } else if (down && (d.unknown || Moves.isForGood(d) || d.verb != null || d.read != 0)) {
            Moves.beginStopping(d, cause);
            if (d.verb == null) {
                Moves.confirm(d);
            } else {
                Moves.sleepUnit(d);
            }
        } else if (down) {
            d.releaseDependencies();
            d.act(new Action.Closed(cause));
        } else {
            hurryStop(d);
            if (d.verb != null && d.verb.kind().wakes()) {
                d.interruptVerb();
            }
            sleep(d, cause, closing(d), drainNanos, leases);
        }
    }

    /** A stop that is in flight gets no longer than one that begins now. */
    private static void hurryStop(Draft d) {
        if (!d.hurries()) {
            return;
        }
        if (d.step == Step.STOP_VERB && d.verb != null && d.verb.kind() != Verb.Kind.KILL && !d.verb.interrupted()) {
            d.act(new Action.Arm(Timer.VERB, d.verb.id(), d.now + Policy.CLOSE_STOP_NANOS));
        }
    }

    private static void closeLeaving(Draft d, int leases) {
        if (d.verb != null && d.verb.kind().wakes()) {
            d.interruptVerb();
        }
        if (leases > 0 || d.step == Step.DRAIN) {
            d.act(new Action.LoseLeases(CLOSING));
        }
        d.act(new Action.StopProbing());
        d.enter(Step.ASLEEP);
        d.read = 0;
        d.act(new Action.Closed(CLOSE));
    }
}
