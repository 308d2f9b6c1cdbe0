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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes known of the unit: returns of verbs and reads, events of its provider, probes. */
final class UnitRules {
    private UnitRules() {}

    /** The dependencies are up: the unit's own status decides how it is woken. */
    static void dependenciesTaken(Draft d, long epoch) {
        if (epoch == d.epoch && d.step == Step.DEPENDENCIES) {
            Moves.look(d);
        }
    }

    /** A dependency cannot be had: it fails the attempt that needs it. */
    static void dependencyFailed(Draft d, long epoch, Reason reason, long retryAtNanos) {
        if (epoch == d.epoch && d.step == Step.DEPENDENCIES) {
            Moves.failByDependency(d, reason, retryAtNanos);
        }
    }

    /** A dependency is lost without which the unit is of no use: it is put to sleep, and wakes again for those it served. */
    static void dependencyLost(Draft d, long epoch, Reason reason, int leases) {
        if (epoch != d.epoch || d.closing) {
            return;
        }
        Cause cause = new Cause(Cause.Kind.DEPENDENCY, reason.message());
        switch (d.step) {
            case DEPENDENCIES -> Moves.failByDependency(d, reason, d.now);
            case LOOK, START_SLOT, START_VERB, PROBE -> {
                d.failures = d.failures.note(reason);
                d.failWaiters(reason, d.now);
                DemandRules.stopStarting(d, cause);
            }
            case SERVING, ASKING -> {
                DemandRules.leave(d, cause, reason, true, leases);
                d.demanded = leases > 0;
                d.queuedBy = leases > 0 ? cause : null;
            }
            case ASLEEP, DRAIN, STOP_SLOT, STOP_VERB, CONFIRM, FAILED, LINGERING, STUCK -> {}
        }
    }

    /** A verb returned, well or with a failure. One that was abandoned only causes a read. */
    static void verbReturned(Draft d, long id, @Nullable String run, @Nullable Reason failure) {
        Verb verb = d.verb;
        if (verb == null || verb.id() != id) {
            recheck(d);
            return;
        }
        d.verb = null;
        if (failure == null && verb.epoch() == d.epoch) {
            succeeded(d, verb, run);
        } else {
            d.unknown = true;
            slotFreed(d, verb, failure);
        }
    }

    private static void succeeded(Draft d, Verb verb, @Nullable String run) {
        if (d.step == Step.START_VERB) {
            started(d, run);
        } else if (d.step == Step.STOP_VERB && d.recheck) {
            Moves.confirm(d);
        } else if (d.step == Step.STOP_VERB) {
            if (verb.kind() != Verb.Kind.PAUSE) {
                d.releaseDependencies();
            }
            Moves.asleep(d);
        } else if (d.step == Step.PROBE || d.status() == Status.READY) {
            d.run = run == null ? d.run : run;
        } else {
            d.unknown = true;
            slotFreed(d, verb, null);
        }
    }

    /** Our start has led to a run: by its return or by an event, whichever came first. */
    private static void started(Draft d, @Nullable String run) {
        Moves.probe(d, run);
        if (d.recheck) {
            d.read();
        }
    }

    /** The slot is free again, and it is not known what the verb has done: the unit's status is read. */
    static void slotFreed(Draft d, Verb verb, @Nullable Reason failure) {
        switch (d.step) {
            case START_VERB -> {
                Reason reason = failure == null ? Reason.of(Reason.Kind.START_FAILED, "start returned late") : failure;
                Moves.fail(d, reason, Step.FAILED);
                d.read();
            }
            case LOOK, START_SLOT -> Moves.look(d);
            case STOP_SLOT, STOP_VERB, CONFIRM -> Moves.confirm(d);
            case ASLEEP, DEPENDENCIES, PROBE, SERVING, ASKING, DRAIN, FAILED, LINGERING, STUCK -> recheck(d);
        }
    }

    /** Reads the unit's status where an answer can change something. */
    static void recheck(Draft d) {
        switch (d.step) {
            case ASLEEP, FAILED, LINGERING, STUCK -> {
                if (!d.closing) {
                    d.read();
                }
            }
            case PROBE, SERVING, ASKING, DRAIN -> d.read();
            case START_VERB, STOP_VERB -> d.recheck = true;
            case LOOK -> Moves.look(d);
            case CONFIRM -> Moves.confirm(d);
            case DEPENDENCIES, START_SLOT, STOP_SLOT -> {}
        }
    }

    /** Whether a unit of which this was read has left the run that was served. */
    static boolean endsRun(@Nullable String run, UnitStatus unit) {
        return unit.state() != State.RUNNING || differs(run, unit.run());
    }

    private static boolean differs(@Nullable String run, @Nullable String other) {
        return run != null && other != null && !run.equals(other);
    }

    /** The unit's status was read. */
    static void statusRead(Draft d, UnitStatus unit, int leases) {
        d.read = 0;
        d.failedReads = 0;
        boolean runs = unit.state() == State.RUNNING;
        switch (d.step) {
            case LOOK -> looked(d, unit);
            case CONFIRM -> confirmed(d, unit);
            case PROBE -> readWhileProbing(d, unit);
            case SERVING, ASKING -> readWhileReady(d, unit, leases);
            case DRAIN -> {
                if (endsRun(d.run, unit)) {
                    d.act(new Action.LoseLeases(death(unit)));
                    endedInDrain(d, unit);
                }
            }
            case ASLEEP, FAILED -> readWhileDown(d, unit);
            case LINGERING -> {
                if (!runs) {
                    atRest(d, unit);
                    d.act(new Action.StopProbing());
                    d.enter(Step.FAILED);
                    Moves.keepUp(d);
                } else if (differs(d.run, unit.run())) {
                    Moves.adopt(d, unit.run());
                }
            }
            case STUCK -> {
                if (asleep(d, unit)) {
                    atRest(d, unit);
                    Moves.nap(d);
                }
            }
            case DEPENDENCIES, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB -> {}
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
        return unit.state() == State.STOPPED
                || (unit.state() == State.PAUSED && d.policy.stopKind() == Verb.Kind.PAUSE);
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
            case RUNNING -> d.run = unit.run() == null ? d.run : unit.run();
            case PAUSED -> {
                d.act(new Action.StopProbing());
                d.enter(Step.DEPENDENCIES);
                d.run = null;
                Moves.takeDependencies(d, false);
            }
            case STOPPED -> diedStarting(d, unit.exit());
        }
    }

    private static void readWhileReady(Draft d, UnitStatus unit, int leases) {
        if (d.done) {
            return;
        }
        if (!endsRun(d.run, unit)) {
            d.run = unit.run() == null ? d.run : unit.run();
        } else if (unit.state() == State.RUNNING) {
            if (leases > 0) {
                d.act(new Action.LoseLeases(Reason.of(Reason.Kind.DIED, "restarted from outside")));
            }
            Moves.adopt(d, unit.run());
        } else {
            atRest(d, unit);
            Moves.ended(d, death(unit), unit.exit() == null || unit.exit().clean(), leases);
        }
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
    static void readFailed(Draft d, Reason reason) {
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
            case PROBE, SERVING, ASKING, DRAIN, LINGERING, STUCK -> reread(d);
            case DEPENDENCIES, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB -> {}
        }
    }

    private static void reread(Draft d) {
        if (!d.closing) {
            d.arm(Timer.REREAD, Policy.rereadNanos(d.failedReads));
        }
    }

    /** The provider says that the unit began to run: our start, or one from outside that is then read. */
    static void unitStarted(Draft d, @Nullable String run) {
        switch (d.step) {
            case START_VERB -> started(d, run);
            case SERVING, ASKING -> {
                if (run == null || !run.equals(d.run)) {
                    d.read();
                }
            }
            case LOOK -> Moves.look(d);
            case ASLEEP, FAILED, LINGERING, STUCK -> recheck(d);
            case DEPENDENCIES, START_SLOT, PROBE, DRAIN, STOP_SLOT, STOP_VERB, CONFIRM -> {}
        }
    }

    /** The provider says that a run is over. An event without run, or of a run not known here, is only a hint. */
    static void unitEnded(Draft d, @Nullable String run, @Nullable Exit exit, int leases) {
        if (d.closing && d.step == Step.STUCK) {
            return;
        }
        boolean down = d.step == Step.ASLEEP || d.step == Step.FAILED || d.step == Step.CONFIRM;
        if (down || differs(d.run, run)) {
            // A read under way may have been answered before the end and would bring a dead run to life.
            if (d.read != 0) {
                recheck(d);
            }
            return;
        }
        if (run == null || d.run == null) {
            recheck(d);
            return;
        }
        d.read = 0;
        UnitStatus unit = new UnitStatus(State.STOPPED, run, exit);
        switch (d.step) {
            case PROBE -> diedStarting(d, exit);
            case SERVING, ASKING -> readWhileReady(d, unit, leases);
            case DRAIN -> {
                d.act(new Action.LoseLeases(death(unit)));
                endedInDrain(d, unit);
            }
            case LINGERING, STUCK -> statusRead(d, unit, leases);
            case ASLEEP, DEPENDENCIES, LOOK, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB, CONFIRM, FAILED -> {}
        }
    }

    private static void endedInDrain(Draft d, UnitStatus unit) {
        if (asleep(d, unit)) {
            atRest(d, unit);
            Moves.asleep(d);
        } else {
            Moves.sleepUnit(d);
        }
    }

    /** A probe succeeded: the first lease can be given. */
    static void probeSucceeded(Draft d, long epoch) {
        if (epoch != d.epoch) {
            return;
        }
        if (d.step == Step.PROBE) {
            Moves.ready(d);
        } else if (d.step == Step.LINGERING) {
            d.epoch++;
            d.cause = new Cause(Cause.Kind.OUTSIDE, "ready after all");
            Moves.ready(d);
        }
    }

    private static void diedStarting(Draft d, @Nullable Exit exit) {
        if (d.policy.job() && exit != null && exit.clean()) {
            Moves.completed(d);
            return;
        }
        d.unknown = false;
        Moves.fail(d, Exits.reason(Reason.Kind.EXITED, "ended while starting", exit), Step.FAILED);
        d.releaseDependencies();
    }

    private static Reason death(UnitStatus unit) {
        return Exits.reason(
                Reason.Kind.DIED, unit.state() == State.PAUSED ? "paused from outside" : "ended", unit.exit());
    }

    /** Turns the end of a run into a reason. */
    static final class Exits {
        private Exits() {}

        static Reason reason(Reason.Kind kind, String what, @Nullable Exit exit) {
            if (exit == null) {
                return Reason.of(kind, what + " (exit code unknown)");
            }
            String code = exit.code() == null ? "exit code unknown" : "exit code " + exit.code();
            String memory = exit.outOfMemory() ? ", out of memory" : "";
            List<String> output = exit.output();
            return new Reason(kind, what + " (" + code + memory + ")", exit.code(), output);
        }
    }
}
