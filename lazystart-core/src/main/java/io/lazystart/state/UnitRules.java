// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import org.jspecify.annotations.Nullable;

/** What becomes known of the unit: returns of verbs, events of its provider, probes. */
final class UnitRules {
    private UnitRules() {}

    /** A verb returned, well or with a failure. One that was abandoned only causes a read. */
    static void verbReturned(Draft d, long id, @Nullable String run, @Nullable Reason failure) {
        Verb verb = d.verb;
        if (verb == null || verb.id() != id) {
            ReadRules.recheck(d);
            return;
        }
        d.verb = null;
        d.ran |= failure == null && verb.kind().wakes();
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
        } else if (d.step == Step.STOP_VERB && verb.kind() == Verb.Kind.PAUSE && Moves.isForGood(d)) {
            Moves.escalate(d, "it is paused");
        } else if (d.step == Step.STOP_VERB) {
            if (verb.kind() != Verb.Kind.PAUSE) {
                d.releaseDependencies();
            }
            Moves.asleep(d);
        } else if (isProbed(d) && ReadRules.differs(d.run, run)) {
            d.doubt();
        } else if (d.step == Step.PROBE || d.status() == Status.READY) {
            startedBefore(d, run);
        } else {
            d.unknown = true;
            slotFreed(d, verb, null);
        }
    }

    /** An event has told of our start before it returned, or of another run; and a read may have been answered before. */
    private static void startedBefore(Draft d, @Nullable String run) {
        boolean another = ReadRules.differs(d.run, run);
        if (d.run == null && d.step == Step.PROBE) {
            ReadRules.probeRun(d, run);
        } else if (d.run == null) {
            d.run = run;
        }
        if (another || d.read != 0) {
            d.read();
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
            case ASLEEP, DEPENDENCIES, PROBE, SERVING, ASKING, AILING, DRAIN, VACANT, FAILED, LINGERING, STUCK ->
                ReadRules.recheck(d);
        }
    }

    /** The provider says that the unit began to run: our start, or one from outside that is then read. */
    static void unitStarted(Draft d, @Nullable String run) {
        switch (d.step) {
            case START_VERB -> started(d, run);
            // A read under way may have been answered before.
            case SERVING, ASKING, AILING -> {
                if (d.read != 0 || run == null || !run.equals(d.run)) {
                    d.read();
                }
            }
            case PROBE, LINGERING -> {
                if (ReadRules.differs(d.run, run)) {
                    d.doubt();
                } else if (d.read != 0 || d.step == Step.LINGERING) {
                    ReadRules.recheck(d);
                }
            }
            case DRAIN -> {
                if (d.read != 0 || ReadRules.differs(d.run, run)) {
                    d.read();
                }
            }
            case LOOK -> Moves.look(d);
            case CONFIRM -> Moves.confirm(d);
            case ASLEEP, FAILED, STUCK -> ReadRules.recheck(d);
            case STOP_VERB -> {
                if (ReadRules.differs(d.run, run)) {
                    d.recheck = true; // an earlier start has come through, perhaps after the stop
                }
            }
            case DEPENDENCIES, START_SLOT, STOP_SLOT, VACANT -> {}
        }
    }

    /** The provider says that a run is over. An event without run, or of a run not known here, is only a hint. */
    static void unitEnded(Draft d, @Nullable String run, @Nullable Exit exit, int leases) {
        if (d.hurries() && d.step == Step.STUCK) {
            return; // it was given up
        }
        boolean down = d.step == Step.ASLEEP || d.step == Step.FAILED || d.step == Step.CONFIRM;
        if (down || ReadRules.differs(d.run, run)) {
            // A read under way may have been answered before the end and would bring a dead run to life. A paused unit
            // keeps its dependencies, and gives them back only if it is known to have ended.
            if (d.read != 0 || (down && d.dependencies)) {
                ReadRules.recheck(d);
            }
            return;
        }
        if (run == null || d.run == null || isDoubtful(d, exit)) {
            ReadRules.recheck(d);
            return;
        }
        boolean reads = d.read != 0;
        d.read = 0;
        UnitStatus unit = new UnitStatus(State.STOPPED, run, exit);
        switch (d.step) {
            case PROBE -> ReadRules.endedWhileProbing(d, exit);
            case SERVING, ASKING -> ReadRules.readWhileReady(d, unit, leases);
            case AILING -> ReadRules.readWhileAiling(d, unit, leases);
            case DRAIN -> {
                d.act(new Action.LoseLeases(ReadRules.death(unit)));
                ReadRules.endedInDrain(d, unit);
            }
            case LINGERING, STUCK -> ReadRules.statusRead(d, unit, leases);
            case ASLEEP, DEPENDENCIES, LOOK, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB, CONFIRM, VACANT, FAILED -> {}
        }
        if (reads) {
            ReadRules.recheck(d); // what it was to tell may be of another run
        }
    }

    /** Whether the unit runs, in time or not, and is not ready yet. */
    private static boolean isProbed(Draft d) {
        return d.step == Step.PROBE || d.step == Step.LINGERING;
    }

    /** Whether nothing follows from an end before the unit is read: another run was told of, or it is not known how a job ended. */
    private static boolean isDoubtful(Draft d, @Nullable Exit exit) {
        return isProbed(d) && (!d.asks() || (d.policy.job() && (d.read != 0 || exit == null)));
    }

    /** A probe succeeded: the first lease can be given. */
    static void probeSucceeded(Draft d, long question) {
        if (!d.asks(question)) {
            return;
        }
        if (d.step == Step.PROBE) {
            Moves.ready(d);
        } else if (d.step == Step.LINGERING) {
            Moves.afterAll(d);
            Moves.ready(d);
        }
    }
}
