// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.Violation.check;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.World.Dependencies;
import io.lazystart.state.World.Known;
import io.lazystart.state.World.Ladder;
import io.lazystart.watch.Pin;
import org.jspecify.annotations.Nullable;

/** The watcher's part in the walk: does to the lease word what a signal needs, and keeps the books of the actions. */
final class WalkShell {
    private final StateMachine machine;
    private final WalkRules rules;

    /** Whether units are left on close, with the leases of those who use them where a service is removed. */
    private final boolean leaves;

    /** Failures are counted as far as they can open the circuit. */
    private final int mostFailures;

    WalkShell(Policy policy) {
        this.machine = new StateMachine(policy);
        this.rules = new WalkRules(policy);
        this.leaves = !policy.stopOnClose();
        this.mostFailures = policy.openAfter() <= 2 ? policy.openAfter() : 1;
    }

    /** Tells nodes apart. */
    Node.Key key(Node node) {
        return Node.key(node.snapshot(), node.world(), mostFailures);
    }

    /** Brings a node to the form in which it is met by moves. */
    Node formed(Node node) {
        return Node.of(node.snapshot(), node.world(), mostFailures);
    }

    /** Lets a move happen and checks every rule of it; what it leads to is still to be formed. */
    @SuppressWarnings("ReferenceEquality") // asks whether the move left the world alone, not what is in it
    Node step(Node from, Move move) {
        Node met = move.world().apply(from);
        Signal asked = move.signal().apply(met);
        if (asked == null) {
            return Node.reached(met.snapshot(), met.world());
        }
        World w = met.world().copy();
        Word word = asked.word(met.snapshot());
        check(word == Word.NONE || !move.is(Move.Trait.STALE), "rule 5", "a stale signal does to the word: ", word);
        Signal signal = word(w, asked, word);
        int leases = w.leases;
        Transition t = machine.step(met.snapshot(), signal);
        if (move.is(Move.Trait.STALE)
                && met == from
                && t.actions().isEmpty()
                && t.snapshot().equals(met.snapshot())) {
            return from;
        }
        hear(met, w, signal);
        book(met, w, t);
        wishes(met, w, signal, t.snapshot());
        rules.check(Happening.of(met, move, signal, leases, t, w));
        return Node.reached(t.snapshot(), w);
    }

    private static Signal word(World w, Signal signal, Word word) {
        return switch (word) {
            case NONE -> signal;
            case TAKE -> {
                check(w.open, "rule 3", "a lease was taken from a closed word");
                w.leases++;
                w.quiet = false;
                yield signal.withLeases(w.leases);
            }
            case CLOSE_IF_IDLE -> {
                check(w.open, "rule 2", "a closed word was closed");
                boolean closes = w.leases == 0 && !w.releasedSinceAsked;
                w.open = !closes;
                yield signal.withLeases(closes ? 0 : w.leases == 0 ? -1 : w.leases);
            }
            case CLOSE -> {
                check(w.open, "rule 2", "a closed word was closed");
                w.open = false;
                yield signal.withLeases(w.leases);
            }
            case COUNT -> {
                check(!w.open, "rule 2", "an open word was counted");
                yield signal.withLeases(w.leases);
            }
        };
    }

    /** Takes in what the signal itself tells. */
    private static void hear(Node met, World w, Signal signal) {
        if (signal instanceof Signal.VerbDone done && done.id() == Node.VERB) {
            w.known = switch (w.call) {
                case START, UNPAUSE -> Known.MAY_RUN;
                case STOP, KILL -> Known.STOPPED;
                case PAUSE -> Known.PAUSED;
            };
            w.freeSlot();
        } else if (signal instanceof Signal.VerbFailed failed && failed.id() == Node.VERB) {
            w.known = Known.MAY_RUN;
            w.owed = true;
            w.freeSlot();
        } else if (signal instanceof Signal.StatusRead read && read.id() == Node.READ) {
            w.known = switch (read.unit().state()) {
                case RUNNING -> Known.MAY_RUN;
                case PAUSED -> Known.PAUSED;
                case STOPPED -> Known.STOPPED;
            };
        } else if (signal instanceof Signal.GraceOver grace && grace.id() == Node.VERB) {
            w.known = Known.MAY_RUN;
            w.owed = true;
        } else if (signal instanceof ConfigSignal.Replaced && met.step() == Step.VACANT) {
            w.known = Known.MAY_RUN;
        } else if (signal instanceof Signal.UnitEnded ended && isOver(met, ended)) {
            w.known = Known.STOPPED;
        } else if (signal instanceof Signal.IdleAnswered answer && answer.question() == Node.QUESTION) {
            w.asked = false;
            w.quiet &= !answer.busy() || met.step() != Step.ASKING;
        }
    }

    private static boolean isOver(Node met, Signal.UnitEnded ended) {
        boolean listens = switch (met.step()) {
            case PROBE, SERVING, ASKING, AILING, DRAIN, LINGERING, STUCK -> true;
            default -> false;
        };
        return listens
                && ended.run() != null
                && ended.run().equals(met.snapshot().run());
    }

    private void book(Node met, World w, Transition t) {
        Snapshot s = t.snapshot();
        if (s.epoch() != met.snapshot().epoch()) {
            w.nextEpoch();
        }
        for (Action action : t.actions()) {
            book(w, s, action);
        }
        boolean wasReady = met.status() == Status.READY;
        boolean kept = s.status() == Status.READY || s.step() == Step.AILING || s.step() == Step.DRAIN;
        if (met.step() == Step.AILING && s.status() == Status.READY) {
            w.open = true;
            w.leases += met.snapshot().waiters();
        } else if (s.status() == Status.READY && !wasReady) {
            w.dropIncarnation();
            w.open = true;
            w.leases = met.snapshot().waiters();
        } else if (!kept && w.leases > 0 && !(s.change() == Change.REMOVED && leaves)) {
            boolean told = Happening.has(t.actions(), Action.LoseLeases.class);
            check(told, "rule 8", "open leases were forgotten");
        }
        if (!kept) {
            boolean open = w.open;
            w.dropIncarnation();
            w.open = open;
        }
        w.reading &= s.read() != 0;
        w.asked &= s.step() == Step.ASKING;
        w.quiet &= s.status() == Status.READY;
    }

    private static void book(World w, Snapshot s, Action action) {
        if (action instanceof Action.Arm arm) {
            boolean ofVerb = arm.kind() == Timer.VERB || arm.kind() == Timer.GRACE;
            long current = !ofVerb ? s.epoch() : s.verb() == null ? 0 : s.verb().id();
            if (arm.token() == current) {
                w.arm(arm.kind());
            }
        } else if (action instanceof Action.Run run) {
            check(w.call == null, "rule 1", run.verb() + " while " + w.call + " is in flight");
            w.call = run.verb().kind();
            if (w.call.wakes()) {
                w.known = Known.MAY_RUN;
            } else {
                w.ladder = switch (w.call) {
                    case KILL -> Ladder.KILL;
                    case PAUSE -> Ladder.PAUSE;
                    default -> Ladder.METHOD;
                };
            }
        } else if (action instanceof Action.Interrupt) {
            check(w.call != null, "rule 1", "an interrupt for no call");
            w.interrupted = true;
        } else if (action instanceof Action.Abandon) {
            w.freeSlot();
        } else if (action instanceof Action.Read) {
            w.reading = true;
            w.owed = false;
        } else if (action instanceof Action.Probe probe) {
            w.probing = probe.question() == s.question();
        } else if (action instanceof Action.StopProbing) {
            w.probing = false;
        } else if (action instanceof Action.TakeDependencies take) {
            w.dependencies = take.epoch() == s.epoch() ? Dependencies.TAKING : Dependencies.NONE;
        } else if (action instanceof Action.ReleaseDependencies) {
            w.dependencies = Dependencies.NONE;
        } else if (action instanceof Action.AskVetoes) {
            w.asked = true;
            w.releasedSinceAsked = false;
        } else if (action instanceof Action.Closed) {
            check(!w.closed, "close", "closed twice");
            w.closed = true;
        }
    }

    /** Keeps what people want: a restart without waiting, idle time that starts anew. */
    private static void wishes(Node met, World w, Signal signal, @Nullable Snapshot s) {
        Snapshot was = met.snapshot();
        if (signal instanceof Signal.Wake wake) {
            boolean person = wake.cause().kind() == Cause.Kind.PERSON;
            boolean joins = met.step() == Step.AILING || was.awaitsAnother() || !met.bars();
            w.woken |= was.pin() != Pin.NAPPING && (person || joins);
        } else if (signal instanceof OrderSignal.SetPin pin) {
            w.woken = pin.pin() == Pin.READY || (w.woken && pin.pin() == Pin.NONE);
            w.quiet &= was.pin() != Pin.READY || pin.pin() != Pin.NONE;
        }
        boolean attempts = met.status() == Status.STARTING && met.step() != Step.AILING;
        w.woken |= signal instanceof ConfigSignal.Replace && attempts;
        w.woken |= signal instanceof DependencySignal.Lost lost && lost.leases() > 0;
        boolean restarts = met.step() == Step.AILING
                && s.status() == Status.STOPPING
                && !(signal instanceof DependencySignal.Lost)
                && !(signal instanceof ConfigSignal.Replace);
        w.woken &= !(restarts
                && (signal instanceof OrderSignal.Sleep || s.failures().bars(Node.NOW)));
        w.woken &= (s.status() == Status.STOPPING || s.step() == Step.AILING) && !s.closing();
    }
}
