// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.config.Durations;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import java.time.Duration;

/** What happens when a time has come. */
final class TimeRules {
    private TimeRules() {}

    /** A verb is late: it is interrupted and gets its grace. */
    static void verbExpired(Draft d, long id) {
        if (d.verb != null && d.verb.id() == id) {
            d.interruptVerb();
        }
    }

    /** A verb does not return: it loses the slot, and the unit's status is read before anything else. */
    static void graceOver(Draft d, long id) {
        Verb verb = d.verb;
        if (verb == null || verb.id() != id) {
            return;
        }
        d.verb = null;
        d.act(new Action.Abandon(id));
        d.unknown = true;
        UnitRules.slotFreed(d, verb, Reason.of(Reason.Kind.START_TIMED_OUT, verb.kind() + " did not return"));
    }

    /** The attempt's deadline: its waiters end; a unit that runs is left running for a while. */
    static void attemptExpired(Draft d, String observed) {
        if (d.status() != Status.STARTING || d.step == Step.AILING) {
            return;
        }
        if (d.step == Step.DEPENDENCIES) {
            String limit = Durations.format(Duration.ofNanos(d.policy.wakeNanos()));
            Reason late = Reason.of(Reason.Kind.START_TIMED_OUT, "not started within " + limit + ": " + observed);
            DependencyRules.fail(d, late, d.now);
            return;
        }
        String seen = observed.isEmpty() ? "" : ", last observed: " + observed;
        String limit = " within " + Durations.format(Duration.ofNanos(d.policy.wakeNanos()));
        if (d.step == Step.PROBE) {
            boolean doubtful = !d.asks();
            Moves.fail(d, Reason.of(Reason.Kind.NOT_READY, "runs but was not ready" + limit + seen), Step.LINGERING);
            if (!doubtful) {
                d.probe(true);
            }
            d.arm(Timer.LINGER, d.policy.lingerNanos());
            if (doubtful || d.failedReads > 0) {
                d.read(); // one that was to be tried again is forgotten with the status
            }
        } else {
            boolean started = d.step == Step.START_VERB;
            String phase = started
                    ? "start did not return"
                    : d.step == Step.START_SLOT ? "earlier verb held on" : "not started";
            Moves.fail(d, Reason.of(Reason.Kind.START_TIMED_OUT, phase + limit + seen), Step.FAILED);
            if (started) {
                d.interruptVerb();
            } else {
                ReadRules.recheck(d);
            }
        }
    }

    /** The earliest moment of idleness: asks the vetoes, or waits for the rest. */
    static void idleDue(Draft d, int leases, boolean used, long stamp) {
        if (d.step != Step.SERVING || d.pin == Pin.READY) {
            return;
        }
        if (leases > 0) {
            whileLeased(d);
            return;
        }
        long idle = d.policy.idleNanos(used);
        long from = used && stamp - d.idleFloorNanos > 0 ? stamp : d.idleFloorNanos;
        long rest = idle == Policy.NEVER ? Policy.NEVER : from - d.now + idle;
        if (rest > 0) {
            d.arm(Timer.IDLE, rest);
        } else {
            d.ask(stamp);
        }
    }

    /** The vetoes have answered, and the word was closed if nobody objected and nobody came. */
    static void idleAnswered(Draft d, long question, boolean busy, int leases) {
        if (d.step != Step.ASKING || !d.asks(question)) {
            return;
        }
        if (!busy && leases == 0 && d.pin != Pin.READY) {
            Moves.stop(
                    d,
                    new Cause(
                            Cause.Kind.IDLE, "unused for " + Durations.format(Duration.ofNanos(d.policy.idleNanos()))));
            return;
        }
        d.enter(Step.SERVING);
        if (busy) {
            d.idleFloorNanos = d.now;
            d.arm(Timer.IDLE, Math.max(d.policy.idleNanos(), Policy.ASK_AGAIN_NANOS));
        } else if (leases > 0) {
            whileLeased(d);
        } else {
            // After a lease that came and went the rest of the idle time is not known here: the timer finds it out.
            d.arm(Timer.IDLE, leases < 0 ? 0 : d.policy.idleNanos());
        }
    }

    /** A lease is open: idleness cannot come before a whole idle time from now; one of zero is told by the release. */
    private static void whileLeased(Draft d) {
        if (d.policy.idleNanos() > 0) {
            d.arm(Timer.IDLE, d.policy.idleNanos());
        }
    }

    /** Perhaps the last lease of a word that is closed was given back. */
    static void drained(Draft d, int leases) {
        if (d.step == Step.DRAIN) {
            Moves.sleepUnit(d);
        } else if (d.step == Step.AILING) {
            HealthRules.drained(d, leases);
        }
    }

    /** Leases have been waited for long enough. */
    static void drainExpired(Draft d) {
        if (d.step == Step.DRAIN) {
            DemandRules.drainOver(d);
        } else if (d.step == Step.AILING) {
            HealthRules.cut(d);
        }
    }

    /** A back-off is over: what is stuck is killed, what is to be up is started; nothing else starts without demand. */
    static void retryDue(Draft d, long epoch) {
        if (d.hurries() || epoch != d.epoch) {
            return;
        }
        boolean down = d.step == Step.FAILED || d.step == Step.ASLEEP;
        if (d.step == Step.STUCK) {
            DemandRules.kill(d, new Cause(Cause.Kind.FAILURE, "could not be put to sleep"));
        } else if (!d.closing && down && Moves.wantedUp(d) && !d.failures.bars(d.now)) {
            Moves.startByItself(d);
        }
    }

    /** The host was suspended: idle time starts anew, and the unit's status is read before anything is decided. */
    static void resumed(Draft d) {
        if (d.status() == Status.READY) {
            idleAnew(d);
        }
        ReadRules.recheck(d);
    }

    /** Idle time starts anew; vetoes that were asked are asked again when it has passed. */
    static void idleAnew(Draft d) {
        d.enter(Step.SERVING);
        d.idleFloorNanos = d.now;
        d.arm(Timer.IDLE, d.policy.idleNanos());
    }
}
