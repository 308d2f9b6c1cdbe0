// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;

/** What becomes of the leases on the dependencies. */
final class DependencyRules {
    private DependencyRules() {}

    /** The dependencies are up: the unit's own status decides how it is woken. */
    static void taken(Draft d, long epoch) {
        if (epoch == d.epoch && d.step == Step.DEPENDENCIES) {
            Moves.look(d);
        }
    }

    /** A dependency cannot be had, or the unit that others use too is gone before it was used: that fails the attempt. */
    static void failed(Draft d, long epoch, Reason reason, long retryAtNanos) {
        if (epoch != d.epoch) {
            return;
        }
        switch (d.step) {
            case DEPENDENCIES, LOOK, START_SLOT -> fail(d, reason, retryAtNanos);
            case START_VERB -> {
                fail(d, reason, retryAtNanos);
                d.interruptVerb();
            }
            case ASLEEP,
                    PROBE,
                    SERVING,
                    ASKING,
                    AILING,
                    DRAIN,
                    STOP_SLOT,
                    STOP_VERB,
                    CONFIRM,
                    VACANT,
                    FAILED,
                    LINGERING,
                    STUCK -> {}
        }
    }

    /** The unit that others use too is put down: whoever waits is served by its next run, which nobody needs who does not. */
    static void unitRestarts(Draft d, long epoch, Reason reason) {
        if (epoch != d.epoch) {
            return;
        }
        switch (d.step) {
            case DEPENDENCIES, LOOK, START_SLOT, START_VERB, PROBE -> {
                if (d.adopted && d.waiters == 0) {
                    d.act(new Action.StopProbing());
                    fail(d, reason, d.now);
                } else {
                    Moves.takeAgain(d);
                }
            }
            // What has come to use it, or did, hears of the end of its run.
            case ASLEEP,
                    SERVING,
                    ASKING,
                    AILING,
                    DRAIN,
                    STOP_SLOT,
                    STOP_VERB,
                    CONFIRM,
                    VACANT,
                    FAILED,
                    LINGERING,
                    STUCK -> {}
        }
    }

    /**
     * Ends the attempt and its waiters with a dependency's reason, which is no failure of this service. What was taken is
     * given back once the unit is known to be at rest.
     */
    static void fail(Draft d, Reason reason, long retryAtNanos) {
        d.failures = d.failures.note(reason);
        d.failWaiters(reason, retryAtNanos);
        Moves.error(d, reason, Step.FAILED);
        if (Moves.wantedUp(d)) {
            d.arm(Timer.RETRY, d.policy.askAgainNanos(retryAtNanos - d.now));
        }
        ReadRules.recheck(d);
    }

    /** A dependency is lost without which the unit is of no use: it is put to sleep, and wakes again for those it served. */
    static void lost(Draft d, long epoch, Reason reason, int leases) {
        if (epoch != d.epoch || d.closing) {
            return;
        }
        Cause cause = new Cause(Cause.Kind.DEPENDENCY, reason.message());
        switch (d.step) {
            case DEPENDENCIES -> fail(d, reason, d.now);
            case LOOK, START_SLOT, START_VERB, PROBE -> {
                d.failures = d.failures.note(reason);
                d.failWaiters(reason, d.now);
                DemandRules.stopStarting(d, cause);
            }
            case SERVING, ASKING, AILING -> {
                DemandRules.leave(d, cause, reason, 0, leases);
                if (leases > 0) {
                    d.demanded = true;
                    DemandRules.queue(d, cause);
                }
            }
            case ASLEEP, DRAIN, STOP_SLOT, STOP_VERB, CONFIRM, VACANT, FAILED, LINGERING, STUCK -> {}
        }
    }
}
