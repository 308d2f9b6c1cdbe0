// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import java.util.List;

/** The rules about callers: leases, waiters, restarts, idleness, back-off. By the numbers of the design. */
final class DemandChecks {
    private final Policy policy;

    DemandChecks(Policy policy) {
        this.policy = policy;
    }

    void check(Happening h) {
        noStopUnderLeases(h);
        everyWaiterOnce(h);
        oneRestart(h);
        idleness(h);
        backOff(h);
        timersThatEndIt(h);
    }

    private static void noStopUnderLeases(Happening h) {
        Violation.check(
                h.after().open == (h.to() == Status.READY),
                "rule 2",
                "the word is open or not as it should not be in ",
                h.to());
        List<Action.LoseLeases> lost = h.all(Action.LoseLeases.class);
        Violation.check(lost.size() <= 1, "rule 8", "leases lost twice");
        boolean told = h.signal() instanceof Signal.StatusRead || h.ends();
        Violation.check(
                lost.isEmpty() || told || h.cuts(),
                "rule 2",
                "leases lost by ",
                h.move().name());
        boolean stops = false;
        for (Action.Run run : h.all(Action.Run.class)) {
            stops |= !run.verb().kind().wakes();
        }
        boolean over = told && !lost.isEmpty();
        Violation.check(!stops || h.leases() == 0 || over || h.cuts(), "rule 2", "stopped under open leases");
    }

    private static void everyWaiterOnce(Happening h) {
        int waiters = h.before().snapshot().waiters();
        int kept = h.all(Action.KeepOne.class).size();
        int served = h.all(Action.ServeOne.class).size();
        int refused = h.all(Action.RefuseOne.class).size();
        int expired = h.all(Action.ExpireOne.class).size();
        boolean serveAll = h.has(Action.ServeWaiters.class);
        boolean failAll = h.has(Action.FailWaiters.class);
        boolean acquires = h.signal() instanceof Signal.Acquire;
        boolean expires = h.signal() instanceof Signal.WaiterExpired;
        Violation.check(kept + served + refused == (acquires ? 1 : 0), "rule 3", "a caller without one answer");
        Violation.check(served == 0 || h.to() == Status.READY, "rule 3", "served in ", h.to());
        Violation.check(!serveAll || (h.enters(Status.READY) && !failAll), "rule 3", "all served in ", h.to());
        Violation.check(expired + (expires && failAll ? 1 : 0) == (expires ? 1 : 0), "rule 3", "expired wrongly");
        if (expires) {
            boolean attempts = h.from() == Status.STARTING && h.before().step() != Step.AILING;
            boolean due = h.before().snapshot().deadlineNanos() == Node.NOW && attempts;
            Violation.check(failAll == due, "rule 3", "the reason does not win");
        }
        int left = h.signal() instanceof Signal.WaiterLeft ? 1 : expired;
        int rest = serveAll || failAll ? 0 : waiters + kept - left;
        int now = h.transition().snapshot().waiters();
        Violation.check(now == rest, "rule 3", "the wrong number of waiters: ", now);
        if (h.signal() instanceof Signal.WaiterLeft || expired > 0) {
            Violation.check(h.step() == h.before().step(), "rule 11", "a caller that left moved the machine");
            Violation.check(h.transition().actions().size() == expired, "rule 11", "a caller that left led to actions");
        }
    }

    private void oneRestart(Happening h) {
        if (h.from() != Status.STOPPING || h.to() == Status.STOPPING || h.step() == Step.STUCK) {
            return;
        }
        Snapshot was = h.before().snapshot();
        boolean wanted = was.waiters() > 0 || h.before().world().woken;
        boolean forgotten = h.signal() instanceof ConfigSignal.Replaced;
        boolean sick = !forgotten
                && was.ailment() != null
                && !h.transition().snapshot().closing();
        boolean itself = was.failures().next() == Failures.Next.ITSELF && was.pin() != Pin.NAPPING;
        boolean standing = forgotten
                ? was.pin() == Pin.READY || (itself && policy.restart() == Failures.Next.ITSELF)
                : wantedUp(was) && !h.before().bars();
        boolean restarts = !h.transition().snapshot().closing() && (wanted || standing);
        Status rest = sick ? Status.ERROR : Status.NAPPING;
        Violation.check(h.to() == (restarts ? Status.STARTING : rest), "rule 4", "stopped, then ", h.to());
        boolean begins = h.all(Action.Publish.class).stream()
                .anyMatch(p -> p.type() == io.lazystart.event.WakeEvent.Type.STARTING);
        Violation.check(begins == restarts, "rule 4", "restart announced: ", begins);
    }

    private void idleness(Happening h) {
        boolean used = h.before().world().used;
        if (h.from() == Status.READY && h.to() == Status.STOPPING) {
            boolean asked = h.signal() instanceof OrderSignal.Sleep
                    || h.signal() instanceof OrderSignal.SetPin
                    || h.signal() instanceof DependencySignal.Lost
                    || h.signal() instanceof DependencySignal.GivenUp
                    || h.signal() instanceof OrderSignal.Close
                    || h.signal() instanceof ConfigSignal.Replace
                    || h.signal() instanceof ConfigSignal.Remove
                    || h.signal() instanceof Signal.HealthFell;
            boolean quiet = h.before().world().quiet || (used && policy.idleNanos() == 0);
            boolean idle = h.signal() instanceof Signal.IdleAnswered answer && !answer.busy();
            boolean may =
                    idle && quiet && h.leases() == 0 && h.before().snapshot().pin() != Pin.READY;
            Violation.check(
                    asked || may,
                    "rule 7",
                    "put to sleep though not idle by ",
                    h.move().name());
        }
        if (h.has(Action.AskVetoes.class)) {
            Violation.check(h.leases() == 0 && h.to() == Status.READY, "rule 7", "asked though not idle");
        }
    }

    private void backOff(Happening h) {
        Snapshot was = h.before().snapshot();
        Failures now = h.transition().snapshot().failures();
        boolean attempt = h.epochs() > 0 && h.step() == Step.DEPENDENCIES;
        if (attempt && h.before().bars()) {
            boolean reset = h.signal() instanceof OrderSignal.Reset;
            Violation.check(byPerson(h) || reset || h.from() == Status.STOPPING, "rule 12", "started while barred");
        }
        boolean demanded = h.signal() instanceof Signal.Acquire
                || h.signal() instanceof Signal.Wake
                || h.signal() instanceof OrderSignal.SetPin;
        boolean queued = was.waiters() > 0 || h.before().world().woken;
        boolean lifted = h.signal() instanceof OrderSignal.Reset
                && (was.pin() == Pin.READY || was.failures().next() == Failures.Next.ITSELF);
        boolean standing =
                lifted || wantedUp(was) || wantedUp(h.transition().snapshot()) || h.from() == Status.STOPPING || queued;
        Violation.check(
                !attempt || demanded || standing,
                "rule 12",
                "started without demand by ",
                h.move().name());
        if (h.signal() instanceof Signal.Acquire && h.before().bars() && h.from() != Status.READY) {
            boolean refused = h.from() != Status.STARTING && !byPerson(h) && !was.awaitsAnother();
            Violation.check(!refused || h.has(Action.RefuseOne.class), "rule 12", "kept while backing off");
        }
        boolean held = h.signal() instanceof OrderSignal.Close close && close.hold() && policy.stopOnClose();
        Violation.check(
                !held || h.leases() == 0 || !h.has(Action.LoseLeases.class), "rule 6", "stopped before its dependents");
        if (h.enters(Status.ERROR) && h.failsByOthers()) {
            Violation.check(now.count() == was.failures().count(), "rule 6", "a dependency's failure was counted");
        } else if ((h.enters(Status.ERROR) && !(h.step() == Step.FAILED && h.from() == Status.STOPPING))
                || h.restartsSick()) {
            boolean stable = h.from() == Status.READY && was.readyNanos() == Node.PAST;
            boolean served = h.from() == Status.READY || h.before().step() == Step.AILING;
            boolean free = served && (was.failures().count() == 0 || stable);
            Violation.check(
                    now.backingOff(Node.NOW) != free, "rule 12", free ? "the first retry waits" : "no back-off");
        }
        if (was.failures().count() > 0 && now.count() == 0) {
            boolean stable = h.from() == Status.READY && was.readyNanos() == Node.PAST;
            boolean reset = h.signal() instanceof OrderSignal.Reset && !was.closing();
            boolean other = h.signal() instanceof ConfigSignal.Replaced || h.signal() instanceof ConfigSignal.Remove;
            Violation.check(stable || reset || other, "rule 12", "failures forgotten too early");
        }
    }

    /** Whether a unit that is down is to be started though nobody asks. */
    private static boolean wantedUp(Snapshot s) {
        Failures.Next next = s.failures().next();
        boolean wanted = next == Failures.Next.ITSELF || (s.pin() == Pin.READY && next != Failures.Next.PERSON);
        return wanted && !s.failures().open();
    }

    private static boolean byPerson(Happening h) {
        return (h.signal() instanceof Signal.Acquire acquire && acquire.cause().kind() == Cause.Kind.PERSON)
                || (h.signal() instanceof Signal.Wake wake && wake.cause().kind() == Cause.Kind.PERSON)
                || h.signal() instanceof OrderSignal.SetPin;
    }

    /** Whatever must not last for ever has a timer or an answer to come. */
    private void timersThatEndIt(Happening h) {
        Snapshot s = h.transition().snapshot();
        World w = h.after();
        boolean sleeps = policy.idleNanos() != Policy.NEVER;
        boolean held = policy.idleNanos() == 0 && (w.leases > 0 || w.used);
        boolean pinned = s.pin() == Pin.READY;
        // What is in doubt is read before it is probed on.
        boolean isRead = s.question() == 0 && (w.reading || w.armed(Timer.REREAD));
        String rule = "rule 7";
        boolean ends = switch (s.step()) {
            case SERVING -> !sleeps || held || pinned || w.armed(Timer.IDLE);
            case ASKING -> w.asked;
            case LINGERING -> (w.probing || isRead) && (!sleeps || w.armed(Timer.LINGER));
            case PROBE -> w.probing || isRead;
            case DRAIN, AILING -> w.armed(Timer.DRAIN);
            case ASLEEP, FAILED -> !wantedUp(s) || s.closing() || w.armed(Timer.RETRY);
            default -> true;
        };
        Violation.check(ends, rule, "nothing would ever end ", s.step());
        Violation.check(!w.probing || s.step() == Step.PROBE || s.step() == Step.LINGERING, rule, "probed for nothing");
    }
}
