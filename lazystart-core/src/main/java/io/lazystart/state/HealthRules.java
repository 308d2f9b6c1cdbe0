// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;

/**
 * The health of a unit that is ready. One that is unhealthy keeps the leases that are open, for as long as a drain may
 * take; new callers wait. It is restarted, which counts as a death, when no lease is open or the drain has run out.
 */
final class HealthRules {
    private HealthRules() {}

    /** The health probe has failed often enough; the word of a ready unit was closed. */
    static void fell(Draft d, long epoch, String observed, int leases) {
        Reason reason = Reason.of(Reason.Kind.UNHEALTHY, "unhealthy: " + observed);
        if (epoch != d.epoch) {
            return;
        }
        if (d.step == Step.AILING) {
            drained(d, leases);
        } else if (d.status() == Status.READY && leases == 0) {
            restart(d, reason);
        } else if (d.status() == Status.READY) {
            ail(d, reason);
        }
    }

    private static void ail(Draft d, Reason reason) {
        Moves.forgetIfStable(d);
        d.epoch++;
        d.cause = new Cause(Cause.Kind.FAILURE, reason.message());
        d.enter(Step.AILING);
        d.ailment = reason;
        d.attemptNanos = d.now;
        d.deadlineNanos = d.now + d.policy.drainNanos();
        d.publish(WakeEvent.Type.STARTING, reason.message());
        d.publish(WakeEvent.Type.WAITING_READY, "waiting until it can serve again");
        d.arm(Timer.DRAIN, d.policy.drainNanos());
        d.act(new Action.WatchHealth(d.epoch, true));
        Moves.keepDependencies(d);
        // It may be down, its end unheard; and a read that was to be tried again is forgotten with the epoch.
        readOnce(d);
    }

    /** The health probe has succeeded often enough: the word opens again, with the leases that were open all the time. */
    static void rose(Draft d, long epoch) {
        if (epoch != d.epoch || d.step != Step.AILING) {
            return;
        }
        if (d.failedReads > 0) {
            readOnce(d);
        }
        Moves.serve(d, "healthy again");
        d.arm(Timer.IDLE, d.policy.idleNanos());
    }

    private static void readOnce(Draft d) {
        if (d.read == 0) {
            d.read();
        }
    }

    /** Perhaps the last lease of an unhealthy unit was closed; one that was opened since tells it again. */
    static void drained(Draft d, int leases) {
        Reason ailment = d.ailment;
        if (leases == 0 && ailment != null) {
            restart(d, ailment);
        }
    }

    /**
     * Those who hold the unit find it unhealthy; its word was closed. It starts again for whoever asks for it. That is a
     * failure of theirs, which they count, and none of the unit.
     */
    static void givenUp(Draft d, long epoch, Reason ailment, int leases) {
        if (epoch != d.epoch || d.status() != Status.READY || d.closing) {
            return;
        }
        if (leases > 0) {
            d.act(new Action.LoseLeases(ailment));
        }
        Moves.beginStopping(d, new Cause(Cause.Kind.FAILURE, ailment.message()));
        if (d.stopKind == Verb.Kind.PAUSE) {
            d.stopKind = Verb.Kind.STOP; // a pause heals nothing
        }
        Moves.sleepUnit(d);
    }

    /** Leases are open, and have been waited for long enough. */
    static void cut(Draft d) {
        Reason ailment = d.ailment;
        if (ailment != null) {
            d.act(new Action.LoseLeases(ailment));
            restart(d, ailment);
        }
    }

    /** Puts the unit down; those who wait are served by the next run, unless a back-off is due. */
    private static void restart(Draft d, Reason ailment) {
        Moves.beginStopping(d, new Cause(Cause.Kind.FAILURE, ailment.message()));
        d.ailment = ailment;
        d.stopKind = Moves.stopKind(d);
        died(d, ailment);
        Moves.sleepUnit(d);
    }

    /** An unhealthy unit ended by itself. */
    static void ended(Draft d, Reason death, int leases) {
        if (leases > 0) {
            d.act(new Action.LoseLeases(death));
        }
        died(d, death);
        if (!Moves.startAgain(d)) {
            Moves.error(d, d.failures.last(death), Step.FAILED);
        }
    }

    private static void died(Draft d, Reason death) {
        Moves.died(d, death);
        if (d.failures.bars(d.now)) {
            d.failWaiters(d.failures.last(death));
            d.forgetRestart();
        }
    }
}
