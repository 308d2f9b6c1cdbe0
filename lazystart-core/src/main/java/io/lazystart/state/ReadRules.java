// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a read of the unit's status leads to, or one that failed; and the ends of runs, however they became known. */
final class ReadRules {
    private ReadRules() {}

    /** Reads the unit's status where an answer can change something. */
    static void recheck(Draft d) {
        switch (d.step) {
            case ASLEEP, FAILED, LINGERING -> {
                if (!d.closing) {
                    d.read();
                }
            }
            case STUCK -> {
                if (!d.hurries()) {
                    d.read();
                }
            }
            case PROBE, SERVING, ASKING, AILING, DRAIN -> d.read();
            case START_VERB, STOP_VERB -> d.recheck = true;
            case LOOK -> Moves.look(d);
            case CONFIRM -> Moves.confirm(d);
            case DEPENDENCIES, START_SLOT, STOP_SLOT, VACANT -> {}
        }
    }

    /** Whether a unit of which this was read has left the run that was served. */
    static boolean endsRun(@Nullable String run, UnitStatus unit) {
        return unit.state() != State.RUNNING || differs(run, unit.run());
    }

    static boolean differs(@Nullable String run, @Nullable String other) {
        return run != null && other != null && !run.equals(other);
    }

    /** The unit's status was read. */
    static void statusRead(Draft d, UnitStatus unit, int leases) {
        d.read = 0;
        d.failedReads = 0;
        d.ran |= unit.state() == State.RUNNING;
        switch (d.step) {
            case LOOK -> looked(d, unit);
            case CONFIRM -> confirmed(d, unit);
            case PROBE -> readWhileProbing(d, unit);
            case SERVING, ASKING -> readWhileReady(d, unit, leases);
            case AILING -> readWhileAiling(d, unit, leases);
            case DRAIN -> {
                if (!d.done && endsRun(d.run, unit)) {
                    d.act(new Action.LoseLeases(death(unit)));
                    endedInDrain(d, unit);
                }
            }
            case ASLEEP, FAILED -> readWhileDown(d, unit);
            case LINGERING -> readWhileLingering(d, unit);
            case STUCK -> {
                if (asleep(d, unit)) {
                    atRest(d, unit);
                    if (Moves.makesRoom(d)) {
                        ConfigRules.vacate(d);
                    } else {
                        Moves.nap(d);
                    }
                }
            }
            case DEPENDENCIES, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB, VACANT -> {}
        }
    }

    /** Chooses start, unpause or adoption, once the slot is free. */
    private static void looked(Draft d, UnitStatus unit) {
        if (unit.state() == State.RUNNING) {
            Moves.probe(d, unit.run());
        } else if (d.verb != null) {
            d.enter(Step.START_SLOT);
        } else {
            d.unknown = true;
            d.run(
                    unit.state() == State.PAUSED ? Verb.Kind.UNPAUSE : Verb.Kind.START,
                    Math.max(0, d.deadlineNanos - d.now));
            d.enter(Step.START_VERB);
        }
    }

    private static void confirmed(Draft d, UnitStatus unit) {
        if (asleep(d, unit)) {
            atRest(d, unit);
            Moves.asleep(d);
        } else {
            Moves.escalate(d, unit.state() == State.PAUSED ? "it is paused" : "it still runs");
        }
    }

    /** Whether a unit is as its own method of putting to sleep would leave it, or further down. */
    private static boolean asleep(Draft d, UnitStatus unit) {
        return unit.state() == State.STOPPED || (unit.state() == State.PAUSED && Moves.stopKind(d) == Verb.Kind.PAUSE);
    }

    /** The unit does not run; a paused one keeps its dependencies. */
    private static void atRest(Draft d, UnitStatus unit) {
        d.unknown = false;
        if (unit.state() == State.STOPPED) {
            d.releaseDependencies();
        }
    }

    private static void readWhileProbing(Draft d, UnitStatus unit) {
        switch (unit.state()) {
            case RUNNING -> probeRun(d, unit.run());
            case PAUSED -> Moves.takeAgain(d);
            case STOPPED -> endedWhileProbing(d, unit.exit());
        }
    }

    /** The run that is probed, or another: then what was seen of the earlier one counts for nothing. */
    static void probeRun(Draft d, @Nullable String run) {
        boolean known = run == null || run.equals(d.run);
        d.run = run == null ? d.run : run;
        if (!known || !d.asks()) {
            d.probe(false);
        }
    }

    /** While a start is in flight it may be a run from before that has ended: the start is waited for, and the unit read. */
    static void endedWhileProbing(Draft d, @Nullable Exit exit) {
        Verb verb = d.verb;
        if (verb == null || verb.epoch() != d.epoch) {
            diedStarting(d, exit);
        } else {
            d.act(new Action.StopProbing());
            d.enter(Step.START_VERB);
            d.run = null;
            d.recheck = true;
        }
    }

    static void readWhileReady(Draft d, UnitStatus unit, int leases) {
        if (d.done) {
            return;
        }
        if (!goesOn(d, unit, leases)) {
            Moves.ended(d, death(unit), unit.exit() == null || unit.exit().clean(), leases);
        }
    }

    static void readWhileAiling(Draft d, UnitStatus unit, int leases) {
        if (!goesOn(d, unit, leases)) {
            HealthRules.ended(d, death(unit), leases);
        }
    }

    private static void readWhileLingering(Draft d, UnitStatus unit) {
        if (unit.state() != State.RUNNING) {
            if (isDone(d, unit.exit())) {
                Moves.afterAll(d);
                Moves.completed(d);
                return;
            }
            atRest(d, unit);
            d.act(new Action.StopProbing());
            d.enter(Step.FAILED);
            Moves.keepUp(d);
        } else if (differs(d.run, unit.run())) {
            Moves.adopt(d, unit.run());
        } else if (!d.asks()) {
            d.probe(true);
        }
    }

    /**
     * Whether a unit that starts, and has ended, is a job that is done by that. It may be an earlier run that has ended; and
     * what somebody has stopped has ended cleanly, but is not done.
     */
    private static boolean isDone(Draft d, @Nullable Exit exit) {
        return d.policy.job() && d.ran && exit != null && exit.clean() && Objects.equals(exit.code(), 0);
    }

    /** Whether a unit that was ready runs: still, or again and so that it is adopted. */
    private static boolean goesOn(Draft d, UnitStatus unit, int leases) {
        if (!endsRun(d.run, unit)) {
            d.run = unit.run() == null ? d.run : unit.run();
            return true;
        }
        if (unit.state() == State.RUNNING) {
            if (d.status() == Status.READY) {
                Moves.forgetIfStable(d);
            }
            if (leases > 0) {
                d.act(new Action.LoseLeases(Reason.of(Reason.Kind.DIED, "restarted from outside")));
            }
            Moves.adopt(d, unit.run());
            return true;
        }
        atRest(d, unit);
        return false;
    }

    private static void readWhileDown(Draft d, UnitStatus unit) {
        if (unit.state() != State.RUNNING) {
            atRest(d, unit);
        } else if (d.pin == Pin.NAPPING) {
            Moves.stop(d, new Cause(Cause.Kind.PERSON, "pinned asleep"));
        } else {
            Moves.adopt(d, unit.run());
        }
    }

    /** A status could not be read: it fails what waits for it, and is read again later where nothing waits. */
    static void readFailed(Draft d, long id, Reason reason) {
        if (id != d.read) {
            return;
        }
        d.read = 0;
        d.failedReads++;
        switch (d.step) {
            case LOOK -> {
                d.unknown = true;
                Moves.fail(d, reason, Step.FAILED);
                reread(d);
            }
            case CONFIRM -> Moves.escalate(d, reason.message());
            case ASLEEP, FAILED -> {
                d.unknown = true;
                reread(d);
            }
            case PROBE, SERVING, ASKING, AILING, DRAIN, LINGERING, STUCK -> reread(d);
            case DEPENDENCIES, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB, VACANT -> {}
        }
    }

    private static void reread(Draft d) {
        if (!d.closing) {
            d.arm(Timer.REREAD, Policy.rereadNanos(d.failedReads));
        }
    }

    static void endedInDrain(Draft d, UnitStatus unit) {
        if (asleep(d, unit)) {
            atRest(d, unit);
            Moves.asleep(d);
        } else {
            Moves.sleepUnit(d);
        }
    }

    private static void diedStarting(Draft d, @Nullable Exit exit) {
        if (isDone(d, exit)) {
            Moves.completed(d);
            return;
        }
        d.unknown = false;
        Moves.fail(d, Exits.reason(Reason.Kind.EXITED, "ended while starting", exit), Step.FAILED);
        d.releaseDependencies();
    }

    static Reason death(UnitStatus unit) {
        return Exits.reason(
                Reason.Kind.DIED, unit.state() == State.PAUSED ? "paused from outside" : "ended", unit.exit());
    }
}
