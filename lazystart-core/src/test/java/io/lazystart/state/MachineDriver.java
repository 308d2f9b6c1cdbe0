// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds a snapshot and the time, feeds signals to the machine, keeps the actions of the last signal and of all. */
final class MachineDriver {
    static final int OPEN_AFTER = 3;
    static final Reason BROKEN = Reason.of(Reason.Kind.START_FAILED, "no such file");
    static final Reason SICK = Reason.of(Reason.Kind.UNHEALTHY, "unhealthy: HTTP 503");
    static final Cause REQUEST = Cause.request("GET /");
    static final Cause PERSON = Cause.person("button");

    private final StateMachine machine;
    private final List<Action> all = new ArrayList<>();
    private List<Action> last = List.of();
    private Snapshot snapshot = Snapshot.INITIAL;
    private long now = 1_000_000_000L;

    MachineDriver() {
        this(policy(Verb.Kind.STOP, 600));
    }

    MachineDriver(Policy policy) {
        machine = new StateMachine(policy);
    }

    static Policy policy(Verb.Kind stopKind, long idleSeconds) {
        return policy(stopKind, idleSeconds, Failures.Next.DEMAND);
    }

    static Policy policy(Verb.Kind stopKind, long idleSeconds, Failures.Next restart) {
        return policy(stopKind, idleSeconds, restart, false);
    }

    /** Of a unit that is run to its end. */
    static Policy job() {
        return policy(Verb.Kind.STOP, 600, Failures.Next.DEMAND, true);
    }

    private static Policy policy(Verb.Kind stopKind, long idleSeconds, Failures.Next restart, boolean job) {
        return new Policy(
                seconds(180),
                seconds(idleSeconds),
                seconds(30),
                stopKind,
                seconds(30),
                seconds(20),
                seconds(1),
                seconds(300),
                OPEN_AFTER,
                seconds(10),
                restart,
                true,
                job,
                1);
    }

    static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    MachineDriver send(Signal signal) {
        Transition t = machine.step(snapshot, signal);
        snapshot = t.snapshot();
        last = t.actions();
        all.addAll(last);
        return this;
    }

    MachineDriver after(long seconds) {
        now += seconds(seconds);
        return this;
    }

    MachineDriver acquire(Cause cause) {
        return send(new Signal.Acquire(now, cause));
    }

    MachineDriver wake(Cause cause) {
        return send(new Signal.Wake(now, cause));
    }

    MachineDriver dependencies() {
        return send(new DependencySignal.Taken(now, snapshot.epoch()));
    }

    MachineDriver read(State state, @Nullable String run) {
        return read(new UnitStatus(state, run, null), 0);
    }

    MachineDriver read(UnitStatus unit, int leases) {
        assertThat(snapshot.read()).as("a read is under way").isPositive();
        return send(new Signal.StatusRead(now, snapshot.read(), unit, leases));
    }

    MachineDriver readFails() {
        return send(new Signal.ReadFailed(now, snapshot.read(), BROKEN));
    }

    MachineDriver done(@Nullable String run) {
        return send(new Signal.VerbDone(now, verb().id(), run));
    }

    MachineDriver fails() {
        return send(new Signal.VerbFailed(now, verb().id(), BROKEN));
    }

    MachineDriver verbExpires() {
        return send(new Signal.VerbExpired(now, verb().id()));
    }

    MachineDriver graceEnds() {
        return send(new Signal.GraceOver(now, verb().id()));
    }

    MachineDriver probeSucceeds() {
        return send(new Signal.ProbeSucceeded(now, snapshot.question()));
    }

    MachineDriver attemptExpires() {
        return send(new Signal.AttemptExpired(now, snapshot.epoch(), "refused"));
    }

    MachineDriver ended(@Nullable String run, int code, int leases) {
        return send(new Signal.UnitEnded(now, run, new Exit(code, false, List.of("bye")), leases));
    }

    MachineDriver idleDue(int leases, boolean used, long stamp) {
        return send(new Signal.IdleDue(now, snapshot.epoch(), leases, used, stamp));
    }

    MachineDriver idleAnswered(boolean busy, int leases) {
        return send(new Signal.IdleAnswered(now, snapshot.question(), busy, 0, leases));
    }

    MachineDriver healthFalls(int leases) {
        return send(new Signal.HealthFell(now, snapshot.epoch(), "HTTP 503", leases));
    }

    MachineDriver healthRises() {
        return send(new Signal.HealthRose(now, snapshot.epoch()));
    }

    MachineDriver drained() {
        return send(new Signal.Drained(now, snapshot.epoch(), 0));
    }

    MachineDriver drainExpires() {
        return send(new Signal.DrainExpired(now, snapshot.epoch()));
    }

    MachineDriver sleep(boolean atOnce, int leases) {
        return send(new OrderSignal.Sleep(now, atOnce, leases));
    }

    MachineDriver pin(Pin pin) {
        return send(new OrderSignal.SetPin(now, pin, 0));
    }

    MachineDriver close() {
        return send(new OrderSignal.Close(now, false, 0));
    }

    MachineDriver recheck() {
        return send(new Signal.Recheck(now));
    }

    /** Reads for the first time and finds the unit stopped. */
    MachineDriver asleep() {
        return send(new Signal.Boot(now)).read(State.STOPPED, null);
    }

    /** One waiter's wake, up to the start that is in flight. */
    MachineDriver starting() {
        return asleep().acquire(REQUEST).dependencies().read(State.STOPPED, null);
    }

    /** A wake up to the probe. */
    MachineDriver probing() {
        return starting().done("run-1");
    }

    /** A wake up to the waiter that is served. */
    MachineDriver ready() {
        return probing().probeSucceeds();
    }

    /** Unhealthy with a lease open. */
    MachineDriver ailing() {
        return ready().after(600).healthFalls(1);
    }

    /** Put to sleep by a person, the stop in flight. */
    MachineDriver stopping() {
        return ready().sleep(false, 0);
    }

    long now() {
        return now;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Status status() {
        return snapshot.status();
    }

    Verb verb() {
        Verb verb = snapshot.verb();
        if (verb == null) {
            throw new AssertionError("no verb in flight: " + snapshot);
        }
        return verb;
    }

    /** What the last signal led to. */
    List<Action> last() {
        return last;
    }

    <T extends Action> List<T> last(Class<T> type) {
        return last.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Verbs issued so far, in order. */
    List<Verb.Kind> verbs() {
        return all.stream()
                .filter(Action.Run.class::isInstance)
                .map(action -> ((Action.Run) action).verb().kind())
                .toList();
    }

    /** When a timer was last set, as a delay from now in seconds; negative if the last signal set none. */
    double delay(Timer kind) {
        return last(Action.Arm.class).stream()
                .filter(arm -> arm.kind() == kind)
                .mapToDouble(arm -> (arm.atNanos() - now) / 1e9)
                .reduce(-1, (first, second) -> second);
    }
}
