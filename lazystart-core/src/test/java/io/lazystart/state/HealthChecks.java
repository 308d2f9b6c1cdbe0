// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.Failures.Next;
import io.lazystart.watch.Pin;

/** What rule 2 says of health, and what may start a unit that has died. */
final class HealthChecks {
    private final Policy policy;

    HealthChecks(Policy policy) {
        this.policy = policy;
    }

    void check(Happening h) {
        if (h.signal() instanceof Signal.HealthFell fell && fell.epoch() == Node.EPOCH) {
            fell(h);
        }
        leasesOfTheSick(h);
        whatIsNext(h);
    }

    private static void fell(Happening h) {
        boolean used = h.leases() > 0;
        Status expected = used ? Status.STARTING : Status.STOPPING;
        Violation.check(h.to() == expected, "rule 2", "health fell with " + h.leases() + " leases, then ", h.to());
        Violation.check(!used || h.step() == Step.AILING, "rule 2", "restarted with leases open: ", h.step());
        Violation.check(!used || h.after().leases == h.leases(), "rule 2", "leases were lost by a health probe");
    }

    private static void leasesOfTheSick(Happening h) {
        boolean entered = h.step() == Step.AILING && h.before().step() != Step.AILING;
        Violation.check(
                !entered || h.signal() instanceof Signal.HealthFell,
                "rule 2",
                "unhealthy by ",
                h.move().name());
        if (h.before().step() != Step.AILING) {
            return;
        }
        if (h.to() == Status.READY) {
            int all = h.leases() + h.before().snapshot().waiters();
            Violation.check(
                    h.signal() instanceof Signal.HealthRose,
                    "rule 2",
                    "well by ",
                    h.move().name());
            Violation.check(h.after().leases == all, "rule 2", "leases " + all + " became ", h.after().leases);
            Violation.check(h.epochs() == 0, "rule 5", "a unit that is well again begins an epoch");
        }
        if (h.restartsSick()) {
            boolean due = h.leases() == 0 || h.signal() instanceof Signal.DrainExpired;
            Violation.check(due, "rule 2", "restarted with leases open");
            boolean held =
                    h.transition().snapshot().waiters() == h.before().snapshot().waiters();
            Violation.check(
                    held || h.transition().snapshot().failures().bars(Node.NOW),
                    "rule 3",
                    "waiters of a restart were lost");
        }
        boolean ended = h.ends() || h.reads(State.STOPPED) || h.reads(State.PAUSED);
        Violation.check(
                !ended || h.to() == Status.ERROR || h.step() == Step.DEPENDENCIES,
                "rule 8",
                "an end led to ",
                h.step());
        Violation.check(
                h.step() != Step.AILING || h.after().armed(Timer.DRAIN), "rule 2", "leases are waited for without end");
    }

    private void whatIsNext(Happening h) {
        Next was = h.before().snapshot().failures().next();
        Next now = h.transition().snapshot().failures().next();
        boolean alive = h.from() == Status.READY || h.before().step() == Step.AILING;
        boolean died = alive && (h.to() == Status.ERROR || h.restartsSick() || h.step() == Step.DEPENDENCIES);
        if (died && h.step() != Step.DEPENDENCIES) {
            boolean pinned = h.before().snapshot().pin() == Pin.READY && policy.restart() == Next.PERSON;
            Violation.check(now == (pinned ? Next.DEMAND : policy.restart()), "rule 12", "after a death: ", now);
        } else if (!died && now != Next.DEMAND) {
            Violation.check(
                    now == was,
                    "rule 12",
                    was + " became " + now + " by ",
                    h.move().name());
        }
        Violation.check(h.to() != Status.READY || now == Next.DEMAND, "rule 12", "ready, and still ", now);
        Violation.check(
                h.epochs() == 0 || h.to() != Status.STARTING || now != Next.PERSON || h.step() == Step.AILING,
                "rule 12",
                "an attempt begins, and still ",
                now);
    }
}
