// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;

/** What a changed configuration leads to. */
final class ConfigRules {
    /** Why leases are lost when a drain is cut short for another unit. */
    static final Reason REPLACED = Reason.of(Reason.Kind.REPLACED, "put to sleep, as its configuration has changed");

    private static final Cause CHANGED = new Cause(Cause.Kind.OUTSIDE, "its configuration has changed");

    /** Why a service that was removed is closed. */
    static final Cause REMOVED = new Cause(Cause.Kind.CLOSE, "removed from the configuration");

    private ConfigRules() {}

    /** The idle time may be another: it is looked at anew. Deadlines that run stay as they are. */
    static void retuned(Draft d, boolean neverSlept) {
        if (d.status() == Status.READY) {
            d.enter(Step.SERVING); // what the vetoes were asked was asked by another idle time
            d.arm(Timer.IDLE, 0);
        } else if (d.step == Step.LINGERING && neverSlept) {
            d.arm(Timer.LINGER, d.policy.lingerNanos());
        }
        Failures.Next next = d.failures.next();
        if (next != Failures.Next.DEMAND && next != d.policy.restart()) {
            d.failures = d.failures.then(Moves.restart(d));
            if (d.step == Step.FAILED) {
                Moves.keepUp(d);
            }
        }
    }

    /**
     * The unit is put to sleep as if a person said so, but whoever waits goes on waiting, for the unit that takes its
     * place; so does the demand of an attempt that is under way. Leases get the time of a drain to end, or
     * {@code drainNanos} if that is longer.
     */
    static void replace(Draft d, long drainNanos, int leases) {
        if (d.closing) {
            return;
        }
        d.change = Change.REPLACED;
        switch (d.step) {
            case ASLEEP, FAILED -> replaceDown(d);
            case DEPENDENCIES, LOOK, START_SLOT, START_VERB, PROBE -> {
                Cause asked = d.cause;
                boolean wanted = !d.adopted || d.waiters > 0;
                DemandRules.stopStarting(d, CHANGED);
                if (wanted) {
                    d.demanded = true;
                    DemandRules.queue(d, asked);
                }
            }
            case SERVING, ASKING, AILING ->
                DemandRules.leave(d, CHANGED, REPLACED, Math.max(drainNanos, d.policy.drainNanos()), leases);
            case LINGERING -> Moves.stop(d, CHANGED);
            case STUCK -> DemandRules.kill(d, CHANGED);
            case DRAIN, STOP_SLOT, STOP_VERB, CONFIRM, VACANT -> {}
        }
    }

    /** A unit that sleeps may be paused, or may have been started from outside: it is looked at first. */
    private static void replaceDown(Draft d) {
        Moves.beginStopping(d, CHANGED);
        if (d.verb == null) {
            Moves.confirm(d);
        } else {
            Moves.sleepUnit(d);
        }
    }

    /**
     * The service is no more: its waiters end, nobody is let in, and its unit is stopped or left, once its leases have ended or
     * the drain is over. Those get {@code drainNanos} if that is longer.
     */
    static void remove(Draft d, long drainNanos, int leases) {
        if (d.closing) {
            return;
        }
        d.change = Change.REMOVED;
        d.failures = d.failures.reset(); // who was told that the circuit is open is told that it matters no more
        DemandRules.shut(d);
        long drain = Math.max(drainNanos, d.policy.drainNanos());
        if (d.policy.stopOnClose()) {
            DemandRules.closeStopping(d, drain, leases);
        } else {
            leave(d, drain, leases);
        }
    }

    /** The unit is to be left, once no verb is in flight that another watcher would run into. */
    private static void leave(Draft d, long drainNanos, int leases) {
        d.act(new Action.StopProbing());
        if (d.verb != null && d.verb.kind().wakes()) {
            d.interruptVerb();
        }
        boolean ready = d.status() == Status.READY || d.step == Step.AILING;
        if (ready && leases > 0) {
            Moves.beginStopping(d, REMOVED);
            d.enter(Step.DRAIN);
            d.arm(Timer.DRAIN, drainNanos);
        } else if (d.step != Step.DRAIN) {
            left(d);
        }
    }

    /** The unit is left as it is, as soon as no verb is in flight. */
    static void left(Draft d) {
        if (d.verb != null) {
            if (d.stopKind == null) {
                Moves.beginStopping(d, REMOVED);
            }
            if (d.step != Step.STOP_VERB) {
                Moves.awaitSlot(d);
            }
            return;
        }
        d.read = 0;
        d.releaseDependencies();
        d.cause = REMOVED;
        if (d.step == Step.ASLEEP) {
            d.act(new Action.Closed(REMOVED));
        } else {
            Moves.nap(d, "left as it is");
        }
    }

    /** The unit is at rest: another may take its place, as soon as no verb can wake this one again. */
    static void vacate(Draft d) {
        if (d.stopKind == null) {
            Moves.beginStopping(d, CHANGED);
        }
        if (d.verb != null) {
            Moves.awaitSlot(d);
            return;
        }
        d.change = Change.NONE;
        d.run = null;
        d.done = false;
        d.ailment = null;
        d.recheck = false;
        d.releaseDependencies();
        d.enter(Step.VACANT);
        d.act(new Action.Vacated());
    }

    /** Nothing is known of the unit that took the place, and nothing that the other did is held against it. */
    static void replaced(Draft d) {
        if (d.step != Step.VACANT) {
            return;
        }
        boolean itself = d.failures.next() == Failures.Next.ITSELF && d.policy.restart() == Failures.Next.ITSELF;
        d.failures = Failures.NONE;
        d.unknown = true;
        if (Moves.startAgain(d)) {
            return;
        }
        if (itself && d.pin != Pin.NAPPING) {
            Moves.startByItself(d);
        } else {
            Moves.nap(d);
            d.unknown = true;
            ReadRules.recheck(d);
        }
    }
}
