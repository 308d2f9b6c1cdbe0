// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.Node.EPOCH;
import static io.lazystart.state.Node.FUTURE;
import static io.lazystart.state.Node.NOW;
import static io.lazystart.state.Node.PAST;
import static io.lazystart.state.Node.QUESTION;
import static io.lazystart.state.Node.READ;
import static io.lazystart.state.Node.REASON;
import static io.lazystart.state.Node.RUN;
import static io.lazystart.state.Node.SICK;
import static io.lazystart.state.Node.VERB;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.Move.Trait;
import io.lazystart.state.World.Dependencies;
import io.lazystart.watch.Pin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** Everything that can happen in the walk, in every form that a rule can tell apart. */
final class WalkMoves {
    static final Cause REQUEST = Cause.request("r");
    static final Cause PERSON = Cause.person("p");

    private static final long STALE_ID = 7;
    private static final String OTHER_RUN = "B";
    private static final Exit CLEAN = new Exit(0, false, List.of());
    private static final Exit DIRTY = new Exit(3, false, List.of());

    private final List<Move> moves = new ArrayList<>();
    private final int most;

    private WalkMoves(int most) {
        this.most = most;
    }

    /**
     * All moves with so many leases, and waiters, at most. Whether a lease was ever given back must be remembered where
     * that makes the idle time shorter; elsewhere only while it is not long ago. {@code reloads} says whether the
     * configuration changes.
     */
    static List<Move> all(int most, boolean pins, boolean useCounts, boolean reloads) {
        WalkMoves m = new WalkMoves(most);
        m.callers();
        m.persons(pins);
        m.verbs();
        m.reads();
        m.events();
        m.timers();
        m.rest();
        m.time(useCounts);
        if (reloads) {
            m.reloads();
        }
        return m.moves;
    }

    private void add(Trait trait, String name, Predicate<Node> possible, Function<Node, Signal> signal) {
        moves.add(Move.of(trait, name, possible, signal));
    }

    private void always(Trait trait, String name, Signal signal) {
        add(trait, name, n -> true, n -> signal);
    }

    private void outside(Trait trait, String name, Predicate<Node> possible, Function<Node, Node> change) {
        moves.add(Move.of(trait, name, possible, n -> null).first(change));
    }

    private void callers() {
        for (Cause cause : List.of(REQUEST, PERSON)) {
            Predicate<Node> room = n -> switch (n.step()) {
                case SERVING, ASKING -> n.world().leases < most;
                case AILING -> n.world().leases + n.snapshot().waiters() < Math.max(most, 2);
                default -> n.snapshot().waiters() < most;
            };
            add(Trait.DEMAND, "acquire by " + cause.kind(), room, n -> new Signal.Acquire(NOW, cause));
            always(Trait.DEMAND, "wake by " + cause.kind(), new Signal.Wake(NOW, cause));
        }
        Predicate<Node> waits = n -> n.snapshot().waiters() > 0;
        add(Trait.DEMAND, "waiter leaves", waits, n -> new Signal.WaiterLeft(NOW));
        add(Trait.DEMAND, "waiter expires", waits, n -> new Signal.WaiterExpired(NOW));
        moves.add(Move.of(
                        Trait.DEMAND,
                        "waiter expires at the attempt's deadline",
                        n -> n.snapshot().waiters() > 0 && n.status() == Status.STARTING,
                        n -> new Signal.WaiterExpired(NOW))
                .first(n -> n.withTimes(NOW, 0, 0, n.backingOff(), n.world())));
        outside(Trait.DEMAND, "lease taken", n -> n.world().open && n.world().leases < most, n -> {
            World w = n.world().copy();
            w.leases++;
            w.quiet = false;
            return new Node(n.snapshot(), w);
        });
        outside(Trait.HONEST, "lease given back", n -> n.world().leases > 0, n -> {
            World w = n.world().copy();
            w.leases--;
            if (w.open || n.step() == Step.AILING) {
                w.used = true;
                w.fresh = true;
                w.releasedSinceAsked = w.asked;
            }
            w.quiet = false;
            return new Node(n.snapshot(), w);
        });
    }

    private void persons(boolean pins) {
        always(Trait.DEMAND, "sleep", new OrderSignal.Sleep(NOW, false, 0));
        always(Trait.DEMAND, "sleepNow", new OrderSignal.Sleep(NOW, true, 0));
        for (Pin pin : pins ? Pin.values() : new Pin[] {Pin.NONE}) {
            always(Trait.DEMAND, "pin " + pin, new OrderSignal.SetPin(NOW, pin, 0));
        }
        always(Trait.DEMAND, "reset", new OrderSignal.Reset(NOW));
        always(Trait.DEMAND, "close", new OrderSignal.Close(NOW, false, 0));
        always(Trait.DEMAND, "close while others need it", new OrderSignal.Close(NOW, true, 0));
    }

    private void verbs() {
        Predicate<Node> called = n -> n.world().call != null;
        add(Trait.HONEST, "verb done", called, n -> new Signal.VerbDone(NOW, VERB, null));
        add(Trait.ANSWER, "verb done with a run", called, n -> new Signal.VerbDone(NOW, VERB, RUN));
        add(Trait.ANSWER, "verb failed", called, n -> new Signal.VerbFailed(NOW, VERB, REASON));
        Function<Node, Node> returned = n -> {
            World w = n.world().copy();
            w.owed = true;
            return new Node(n.snapshot(), w);
        };
        moves.add(Move.of(Trait.STALE, "abandoned verb done", n -> true, n -> new Signal.VerbDone(NOW, STALE_ID, RUN))
                .first(returned));
        moves.add(Move.of(
                        Trait.STALE,
                        "abandoned verb failed",
                        n -> true,
                        n -> new Signal.VerbFailed(NOW, STALE_ID, REASON))
                .first(returned));
        always(Trait.STALE, "old verb deadline", new Signal.VerbExpired(NOW, STALE_ID));
        always(Trait.STALE, "old grace", new Signal.GraceOver(NOW, STALE_ID));
    }

    private void reads() {
        Predicate<Node> reading = n -> n.world().reading;
        List<UnitStatus> answers = List.of(
                new UnitStatus(State.RUNNING, null, null),
                new UnitStatus(State.RUNNING, OTHER_RUN, null),
                new UnitStatus(State.PAUSED, RUN, null),
                new UnitStatus(State.STOPPED, null, null),
                new UnitStatus(State.STOPPED, null, DIRTY));
        UnitStatus same = new UnitStatus(State.RUNNING, RUN, null);
        add(Trait.HONEST, "read " + same, reading, n -> new Signal.StatusRead(NOW, READ, same, 0));
        for (UnitStatus unit : answers) {
            add(Trait.ANSWER, "read " + unit, reading, n -> new Signal.StatusRead(NOW, READ, unit, 0));
        }
        add(Trait.TIME, "read failed", reading, n -> new Signal.ReadFailed(NOW, READ, REASON));
        always(Trait.STALE, "old read: runs", new Signal.StatusRead(NOW, STALE_ID, same, 0));
        always(Trait.STALE, "old read: stopped", new Signal.StatusRead(NOW, STALE_ID, answers.get(4), 0));
        always(Trait.STALE, "old read failed", new Signal.ReadFailed(NOW, STALE_ID, REASON));
    }

    private void events() {
        String[] runs = {null, RUN, OTHER_RUN};
        for (String run : runs) {
            always(Trait.ANSWER, "event: started " + run, new Signal.UnitStarted(NOW, run));
            always(Trait.ANSWER, "event: ended " + run + ", code 0", new Signal.UnitEnded(NOW, run, CLEAN, 0));
            always(Trait.ANSWER, "event: ended " + run + ", code 3", new Signal.UnitEnded(NOW, run, DIRTY, 0));
        }
        always(Trait.ANSWER, "boot", new Signal.Boot(NOW));
        moves.add(Move.of(Trait.ANSWER, "recheck", n -> true, n -> new Signal.Recheck(NOW))
                .first(WalkMoves::owed));
        moves.add(Move.of(Trait.ANSWER, "resumed", n -> true, n -> new Signal.Resumed(NOW))
                .first(n -> {
                    Node owed = owed(n);
                    owed.world().quiet = false;
                    return owed;
                }));
    }

    private static Node owed(Node n) {
        World w = n.world().copy();
        w.owed = true;
        return new Node(n.snapshot(), w);
    }

    private void timers() {
        timer(Timer.ATTEMPT, e -> new Signal.AttemptExpired(NOW, e, ""));
        timer(Timer.DRAIN, e -> new Signal.DrainExpired(NOW, e));
        timer(Timer.LINGER, e -> new Signal.LingerOver(NOW, e));
        timer(Timer.REREAD, e -> new Signal.RereadDue(NOW, e));
        LongFunction<Signal> retry = e -> new Signal.RetryDue(NOW, e);
        add(Trait.STALE, "old RETRY", n -> true, n -> retry.apply(EPOCH - 1));
        fires(Timer.RETRY, n -> !n.backingOff(), n -> retry.apply(EPOCH));
        add(Trait.STALE, "old IDLE", n -> true, n -> idle(n, EPOCH - 1));
        fires(Timer.IDLE, n -> true, n -> idle(n, EPOCH));
        add(Trait.HONEST, "count fell to zero", n -> n.world().open && n.world().leases == 0, n -> idle(n, EPOCH));
        fires(Timer.VERB, n -> true, n -> new Signal.VerbExpired(NOW, VERB));
        fires(Timer.GRACE, n -> true, n -> new Signal.GraceOver(NOW, VERB));
    }

    private void timer(Timer kind, LongFunction<Signal> signal) {
        add(Trait.STALE, "old " + kind, n -> true, n -> signal.apply(EPOCH - 1));
        fires(kind, n -> true, n -> signal.apply(EPOCH));
    }

    private void fires(Timer kind, Predicate<Node> due, Function<Node, Signal> signal) {
        add(Trait.ANSWER, "forgotten timer " + kind, n -> !World.heard(kind, n.step()), signal);
        moves.add(Move.of(Trait.TIME, "timer " + kind, n -> n.world().armed(kind) && due.test(n), signal)
                .first(n -> {
                    World w = n.world().copy();
                    w.disarm(kind);
                    return new Node(n.snapshot(), w);
                }));
    }

    private static Signal idle(Node n, long epoch) {
        World w = n.world();
        return new Signal.IdleDue(NOW, epoch, w.leases, w.used, w.fresh ? NOW : PAST);
    }

    private void rest() {
        Predicate<Node> taking = n -> n.world().dependencies == Dependencies.TAKING;
        moves.add(Move.of(Trait.HONEST, "dependencies", taking, n -> new DependencySignal.Taken(NOW, EPOCH))
                .first(WalkMoves::taken));
        always(Trait.STALE, "old dependencies", new DependencySignal.Taken(NOW, EPOCH - 1));
        moves.add(Move.of(
                        Trait.ANSWER,
                        "dependency fails",
                        taking,
                        n -> new DependencySignal.Failed(NOW, EPOCH, REASON, FUTURE))
                .first(WalkMoves::taken));
        always(Trait.STALE, "old dependency fails", new DependencySignal.Failed(NOW, EPOCH - 1, REASON, FUTURE));
        Predicate<Node> held = n -> n.world().dependencies == Dependencies.HELD;
        Predicate<Node> taken = n -> n.world().dependencies != Dependencies.NONE;
        add(Trait.ANSWER, "unit restarts", taken, n -> new DependencySignal.UnitRestarts(NOW, EPOCH, SICK));
        always(Trait.STALE, "unit has restarted", new DependencySignal.UnitRestarts(NOW, EPOCH - 1, SICK));
        add(Trait.ANSWER, "given up", n -> true, n -> new DependencySignal.GivenUp(NOW, EPOCH, SICK, 0));
        always(Trait.STALE, "was given up", new DependencySignal.GivenUp(NOW, EPOCH - 1, SICK, 0));
        add(Trait.ANSWER, "dependency is lost", held, n -> new DependencySignal.Lost(NOW, EPOCH, REASON, 0));
        always(Trait.STALE, "old dependency is lost", new DependencySignal.Lost(NOW, EPOCH - 1, REASON, 0));
        add(Trait.ANSWER, "dependency event", taking, n -> dependencyEvent(EPOCH));
        always(Trait.STALE, "old dependency event", dependencyEvent(EPOCH - 1));
        add(Trait.ANSWER, "probe", n -> n.world().probing, n -> new Signal.ProbeSucceeded(NOW, QUESTION));
        always(Trait.STALE, "old probe", new Signal.ProbeSucceeded(NOW, STALE_ID));
        Predicate<Node> asked = n -> n.world().asked;
        add(Trait.HONEST, "idle", asked, n -> new Signal.IdleAnswered(NOW, QUESTION, false, PAST, 0));
        add(Trait.ANSWER, "busy", asked, n -> new Signal.IdleAnswered(NOW, QUESTION, true, PAST, 0));
        always(Trait.STALE, "late idle", new Signal.IdleAnswered(NOW, STALE_ID, false, PAST, 0));
        always(Trait.STALE, "late busy", new Signal.IdleAnswered(NOW, STALE_ID, true, PAST, 0));
        Predicate<Node> waits = n -> n.step() == Step.DRAIN || n.step() == Step.AILING;
        Predicate<Node> drained = n -> waits.test(n) && n.world().leases == 0;
        add(Trait.HONEST, "drained", drained, n -> new Signal.Drained(NOW, EPOCH, 0));
        Predicate<Node> again = n -> n.step() == Step.AILING && n.world().leases > 0;
        add(Trait.ANSWER, "drained before", again, n -> new Signal.Drained(NOW, EPOCH, 0));
        always(Trait.STALE, "old drained", new Signal.Drained(NOW, EPOCH - 1, 0));
        health();
    }

    private void health() {
        Predicate<Node> watched = n -> n.status() == Status.READY || n.step() == Step.AILING;
        add(Trait.ANSWER, "health fell", watched, n -> new Signal.HealthFell(NOW, EPOCH, "seen", 0));
        Predicate<Node> ailing = n -> n.step() == Step.AILING;
        add(Trait.ANSWER, "health rose", ailing, n -> new Signal.HealthRose(NOW, EPOCH));
        always(Trait.STALE, "old health fell", new Signal.HealthFell(NOW, EPOCH - 1, "seen", 0));
        always(Trait.STALE, "old health rose", new Signal.HealthRose(NOW, EPOCH - 1));
    }

    private void reloads() {
        always(Trait.DEMAND, "retuned", new ConfigSignal.Retuned(NOW, true));
        always(Trait.DEMAND, "removed", new ConfigSignal.Remove(NOW, 0, 0));
        always(Trait.DEMAND, "another unit is to come", new ConfigSignal.Replace(NOW, 0, 0));
        moves.add(Move.of(
                        Trait.TIME,
                        "another unit has come",
                        n -> n.step() == Step.VACANT,
                        n -> new ConfigSignal.Replaced(NOW))
                .first(WalkMoves::owed));
        add(
                Trait.STALE,
                "another unit has come too late",
                n -> n.step() != Step.VACANT,
                n -> new ConfigSignal.Replaced(NOW));
    }

    private static Signal dependencyEvent(long epoch) {
        return new DependencySignal.Event(NOW, epoch, WakeEvent.Type.DEPENDENCY_READY, "db");
    }

    private static Node taken(Node n) {
        World w = n.world().copy();
        w.dependencies = Dependencies.HELD;
        return new Node(n.snapshot(), w);
    }

    private void time(boolean useCounts) {
        outside(Trait.TIME, "the idle time passes", n -> n.status() == Status.READY, n -> {
            World w = n.world().copy();
            w.fresh = false;
            w.used &= useCounts;
            w.quiet = w.leases == 0;
            return n.withTimes(0, n.snapshot().readyNanos(), PAST, n.backingOff(), w);
        });
        outside(
                Trait.TIME,
                "the unit is stable",
                n -> n.status() == Status.READY && n.snapshot().readyNanos() == NOW,
                n -> n.withTimes(0, PAST, n.snapshot().idleFloorNanos(), n.backingOff(), n.world()));
        outside(Trait.TIME, "the back-off ends", Node::backingOff, n -> {
            Snapshot s = n.snapshot();
            long deadline = s.status() == Status.STARTING ? FUTURE : 0;
            return n.withTimes(deadline, s.readyNanos(), s.idleFloorNanos(), false, n.world());
        });
    }
}
