// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.World.Dependencies;
import io.lazystart.state.World.Known;
import io.lazystart.state.World.Ladder;
import io.lazystart.watch.Pin;
import java.util.ArrayList;
import java.util.List;

/** The rules about the unit: verbs, reads, epochs, deadlines, dependencies. By the numbers of the design. */
final class WalkRules {
    private final Policy policy;
    private final DemandChecks demand;
    private final HealthChecks health;
    private final CircuitChecks circuit;

    WalkRules(Policy policy) {
        this.policy = policy;
        this.demand = new DemandChecks(policy);
        this.health = new HealthChecks(policy);
        this.circuit = new CircuitChecks(policy);
    }

    void check(Happening h) {
        oneVerb(h);
        nothingStaleDecides(h);
        dependencies(h);
        outside(h);
        oneDeadline(h);
        readBeforeDeciding(h);
        failedStops(h);
        chosenByRead(h);
        closing(h);
        reload(h);
        demand.check(h);
        health.check(h);
        circuit.check(h);
    }

    private static void oneVerb(Happening h) {
        World w = h.after();
        Verb verb = h.transition().snapshot().verb();
        Verb.Kind held = verb == null ? null : verb.kind();
        Violation.check(held == w.call, "rule 1", "the slot holds another verb than is in flight: ", verb);
        boolean timed = w.armed(Timer.VERB) || (w.interrupted && w.armed(Timer.GRACE));
        Violation.check(w.call == null || timed, "rule 1", "a verb without deadline");
        boolean late = h.signal() instanceof Signal.VerbExpired expired && expired.id() == Node.VERB;
        Violation.check(!late || w.interrupted, "rule 1", "a late verb was not interrupted");
        boolean lost = h.signal() instanceof Signal.GraceOver grace && grace.id() == Node.VERB;
        Violation.check(lost == h.has(Action.Abandon.class), "rule 1", "abandoned too early or not at all");
    }

    private static void nothingStaleDecides(Happening h) {
        boolean begins = h.before().step() == Step.AILING && h.to() == Status.STARTING && h.step() != Step.AILING;
        boolean raises = begins
                || h.enters(Status.STARTING)
                || h.enters(Status.STOPPING)
                || (h.from() == Status.ERROR && h.to() == Status.READY);
        Violation.check(h.epochs() == (raises ? 1 : 0), "rule 5", "epoch moved by ", h.epochs());
        if (h.move().is(Move.Trait.STALE)) {
            boolean returned = h.signal() instanceof Signal.VerbDone || h.signal() instanceof Signal.VerbFailed;
            Violation.check(
                    h.step() == h.before().step() || (returned && h.to() == h.from()),
                    "rule 5",
                    "a stale signal led to ",
                    h.step());
            for (Action action : h.transition().actions()) {
                Violation.check(returned && action instanceof Action.Read, "rule 5", "a stale signal led to ", action);
            }
        }
    }

    private void dependencies(Happening h) {
        World w = h.after();
        boolean started = false;
        for (Action.Run run : h.all(Action.Run.class)) {
            started |= run.verb().kind().wakes();
        }
        Violation.check(!started || w.dependencies == Dependencies.HELD, "rule 6", "started without dependencies");
        Violation.check(
                !h.has(Action.ReleaseDependencies.class) || w.known == Known.STOPPED || w.closed,
                "rule 6",
                "dependencies given back though the unit is ",
                w.known);
        boolean up = h.to() == Status.STARTING || h.to() == Status.READY;
        boolean heard = h.all(Action.TakeDependencies.class).size()
                        + h.all(Action.KeepDependencies.class).size()
                == 1;
        Violation.check(
                h.epochs() == 0 || !up || heard, "rule 6", "what becomes of the dependencies is of a past epoch");
        boolean down = h.step() == Step.ASLEEP || h.step() == Step.FAILED;
        boolean rests =
                down && !w.closed && !w.reading && w.call == null && !w.armed(Timer.REREAD) && w.known == Known.STOPPED;
        Violation.check(
                !rests || w.dependencies == Dependencies.NONE, "rule 6", "dependencies kept by a unit that is asleep");
    }

    private static void outside(Happening h) {
        if (h.before().world().closed) {
            return;
        }
        Violation.check(
                !h.enters(Status.READY)
                        || h.before().step() == Step.AILING
                        || (h.signal() instanceof Signal.ProbeSucceeded p && p.question() == Node.QUESTION),
                "rule 8",
                "ready without a probe");
        boolean down = h.before().step() == Step.ASLEEP || h.before().step() == Step.FAILED;
        if (down && h.reads(State.RUNNING)) {
            boolean unwanted = h.before().snapshot().pin() == Pin.NAPPING;
            Violation.check(h.to() == (unwanted ? Status.STOPPING : Status.STARTING), "rule 8", "not adopted");
        } else if (down && (h.reads(State.STOPPED) || h.reads(State.PAUSED))) {
            Violation.check(h.step() == h.before().step(), "rule 8", "a unit that is down led to ", h.step());
        }
        if (h.from() == Status.READY) {
            endOfRun(h);
        }
    }

    private static void endOfRun(Happening h) {
        boolean ended = h.ends() || h.reads(State.STOPPED) || h.reads(State.PAUSED);
        if (ended) {
            boolean well = h.signal() instanceof Signal.UnitEnded e
                    ? e.exit() == null || e.exit().clean()
                    : h.signal() instanceof Signal.StatusRead r
                            && (r.unit().exit() == null || r.unit().exit().clean());
            boolean naps = well && h.leases() == 0 && h.before().snapshot().pin() != Pin.READY;
            Violation.check(h.to() == (naps ? Status.NAPPING : Status.ERROR), "rule 8", "an end led to ", h.to());
        } else if (h.reads(State.RUNNING)) {
            String known = h.before().snapshot().run();
            String run = ((Signal.StatusRead) h.signal()).unit().run();
            boolean other = known != null && run != null && !known.equals(run);
            Violation.check(h.to() == (other ? Status.STARTING : Status.READY), "rule 8", "a read led to ", h.to());
        } else {
            boolean stops = h.to() == Status.READY
                    || h.to() == Status.STOPPING
                    || h.step() == Step.AILING
                    || closes(h.signal());
            Violation.check(stops, "rule 8", "a run was ended by ", h.move().name());
        }
    }

    private void oneDeadline(Happening h) {
        List<Action.Arm> attempts = new ArrayList<>(1);
        for (Action.Arm arm : h.all(Action.Arm.class)) {
            if (arm.kind() == Timer.ATTEMPT) {
                attempts.add(arm);
            }
        }
        Snapshot s = h.transition().snapshot();
        Violation.check(
                attempts.size() == (h.epochs() > 0 && h.to() == Status.STARTING && h.step() != Step.AILING ? 1 : 0),
                "rule 9",
                "deadlines set: ",
                attempts.size());
        for (Action.Arm arm : attempts) {
            Violation.check(
                    arm.token() == s.epoch()
                            && arm.atNanos() == Node.NOW + policy.wakeNanos()
                            && arm.atNanos() == s.deadlineNanos(),
                    "rule 9",
                    "a wrong deadline");
        }
        if (h.from() == Status.STARTING && h.to() == Status.STARTING && h.epochs() == 0) {
            Violation.check(s.deadlineNanos() == h.before().snapshot().deadlineNanos(), "rule 9", "the deadline moved");
        }
        Violation.check(
                h.to() != Status.STARTING
                        || h.step() == Step.AILING
                        || h.after().armed(Timer.ATTEMPT),
                "rule 9",
                "an attempt without deadline");
    }

    private static void readBeforeDeciding(Happening h) {
        Snapshot s = h.transition().snapshot();
        boolean asks = h.has(Action.Read.class);
        boolean changes = h.has(Action.Run.class) || (h.ends() && h.after().known == Known.STOPPED);
        Violation.check(!changes || s.read() == 0 || asks, "rule 10", "a read from before the change still counts");
        Violation.check(s.read() == 0 || h.after().reading, "rule 10", "an answer is awaited that cannot come");
        boolean later = switch (h.step()) {
            case DEPENDENCIES, START_SLOT, START_VERB, STOP_SLOT, STOP_VERB, VACANT -> true;
            case FAILED -> h.after().call != null || h.after().closed;
            default -> h.after().closed;
        };
        Violation.check(!h.after().owed || later, "rule 10", "no read though one is owed");
    }

    private void failedStops(Happening h) {
        boolean failed = (h.signal() instanceof Signal.VerbFailed f && f.id() == Node.VERB)
                || (h.signal() instanceof Signal.GraceOver g && g.id() == Node.VERB);
        if (failed && h.from() == Status.STOPPING) {
            Violation.check(
                    h.has(Action.Read.class) && !h.has(Action.Run.class), "rule 13", "no read after a failed stop");
        }
        Ladder ladder = h.before().world().ladder;
        for (Action.Run run : h.all(Action.Run.class)) {
            Verb.Kind kind = run.verb().kind();
            boolean more = ladder == Ladder.PAUSE || ladder == Ladder.METHOD;
            boolean forGood = ladder == Ladder.PAUSE && h.before().snapshot().change() != Change.NONE;
            boolean next = h.epochs() > 0
                    || ladder == Ladder.NOTHING
                    || (more && kind == Verb.Kind.KILL)
                    || (forGood && kind == Verb.Kind.STOP);
            Violation.check(kind.wakes() || next, "rule 13", kind + " after ", ladder);
        }
        if (h.from() == Status.STOPPING && h.reads(State.RUNNING) && h.before().step() == Step.CONFIRM) {
            boolean left = h.after().closed && !policy.stopOnClose();
            boolean kept = ladder == Ladder.KILL ? h.step() == Step.STUCK : h.has(Action.Run.class);
            Violation.check(left || kept, "rule 13", "still running after " + ladder + " led to ", h.step());
        }
        if (h.step() == Step.STUCK && h.before().step() != Step.STUCK) {
            Violation.check(ladder == Ladder.KILL, "rule 13", "given up after ", ladder);
            Violation.check(!h.has(Action.ReleaseDependencies.class), "rule 13", "dependencies given back");
        }
        boolean retried = h.step() != Step.STUCK
                || h.transition().snapshot().closing()
                || h.after().armed(Timer.RETRY);
        Violation.check(retried, "rule 13", "a kill that failed is never retried");
    }

    private static void chosenByRead(Happening h) {
        for (Action.Run run : h.all(Action.Run.class)) {
            boolean chosen = switch (run.verb().kind()) {
                case START -> h.reads(State.STOPPED);
                case UNPAUSE -> h.reads(State.PAUSED);
                case STOP, PAUSE, KILL -> true;
            };
            Violation.check(
                    chosen, "rule 14", run.verb().kind() + " by ", h.move().name());
        }
    }

    /** Another unit comes only when this one is down, and who waits for the service does not notice. */
    private static void reload(Happening h) {
        boolean vacated = h.step() == Step.VACANT && h.before().step() != Step.VACANT;
        Violation.check(h.has(Action.Vacated.class) == vacated, "reload", "the place is free in ", h.step());
        Violation.check(
                !vacated || h.after().known == Known.STOPPED,
                "reload",
                "room was made by a unit that is ",
                h.after().known);
        Violation.check(
                !vacated || h.after().dependencies == Dependencies.NONE, "reload", "dependencies are kept for nobody");
        if (h.signal() instanceof ConfigSignal) {
            boolean removed = h.signal() instanceof ConfigSignal.Remove;
            Violation.check(
                    removed || !h.has(Action.FailWaiters.class), "reload", "waiters were ended by ", h.signal());
            Violation.check(!h.has(Action.LoseLeases.class), "reload", "leases were ended by ", h.signal());
        }
    }

    private void closing(Happening h) {
        Snapshot s = h.transition().snapshot();
        World w = h.after();
        if (h.before().world().closed) {
            boolean still = h.step() == h.before().step()
                    && h.transition().actions().stream()
                            .allMatch(a -> a instanceof Action.RefuseOne
                                    || a instanceof Action.Interrupt
                                    || a instanceof Action.Abandon
                                    || (a instanceof Action.Arm arm && arm.kind() == Timer.GRACE));
            Violation.check(
                    still,
                    "close",
                    "something happened after the end: ",
                    h.transition().actions());
        } else if (w.closed) {
            Violation.check(s.closing(), "close", "closed without being asked to");
            boolean cut = w.call == null || !w.call.wakes() || w.interrupted;
            Violation.check(cut, "close", "a start in flight was not interrupted");
            boolean ended = s.change() == Change.REMOVED
                    ? w.known == Known.STOPPED
                    : w.known != Known.MAY_RUN || h.step() == Step.STUCK;
            Violation.check(!policy.stopOnClose() || ended, "close", "a unit that may run was left");
        }
        Violation.check(
                s.closing() == (h.before().snapshot().closing() || closes(h.signal())),
                "close",
                "closing was forgotten");
    }

    private static boolean closes(Signal signal) {
        return signal instanceof OrderSignal.Close || signal instanceof ConfigSignal.Remove;
    }
}
