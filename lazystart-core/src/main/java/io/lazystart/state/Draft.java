// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The working copy of one decision: a snapshot's fields, and the actions so far. Lives within one call of the machine,
 * on one thread.
 */
final class Draft {
    /** The legal changes of status; staying is always legal. */
    static final Map<Status, Set<Status>> LEGAL = new EnumMap<>(Map.of(
            Status.NAPPING, EnumSet.of(Status.STARTING, Status.STOPPING),
            Status.STARTING, EnumSet.of(Status.READY, Status.STOPPING, Status.ERROR, Status.NAPPING),
            Status.READY, EnumSet.of(Status.NAPPING, Status.STARTING, Status.STOPPING, Status.ERROR),
            Status.STOPPING, EnumSet.of(Status.NAPPING, Status.STARTING, Status.ERROR),
            Status.ERROR, EnumSet.of(Status.NAPPING, Status.STARTING, Status.READY, Status.STOPPING)));

    final Policy policy;
    final long now;
    private final List<Action> actions = new ArrayList<>();
    private final boolean wasOpen;

    Step step;
    long epoch;
    Cause cause;

    @Nullable
    Verb verb;

    Verb.@Nullable Kind stopKind;
    boolean stopTried;
    long read;
    int failedReads;
    private long lastId;

    @Nullable
    String run;

    boolean ran;
    boolean recheck;
    boolean unknown;
    long attemptNanos;
    long deadlineNanos;
    boolean adopted;
    boolean done;
    long readyNanos;
    long idleFloorNanos;
    private long question;
    int waiters;
    boolean demanded;

    @Nullable
    Cause queuedBy;

    @Nullable
    Reason ailment;

    boolean dependencies;
    Failures failures;
    Pin pin;
    boolean closing;
    Change change;

    Draft(Policy policy, Snapshot s, long now) {
        this.policy = policy;
        this.now = now;
        step = s.step();
        epoch = s.epoch();
        cause = s.cause();
        verb = s.verb();
        stopKind = s.stopKind();
        stopTried = s.stopTried();
        read = s.read();
        failedReads = s.failedReads();
        lastId = s.lastId();
        run = s.run();
        ran = s.ran();
        recheck = s.recheck();
        unknown = s.unknown();
        attemptNanos = s.attemptNanos();
        deadlineNanos = s.deadlineNanos();
        adopted = s.adopted();
        done = s.done();
        readyNanos = s.readyNanos();
        idleFloorNanos = s.idleFloorNanos();
        question = s.question();
        waiters = s.waiters();
        demanded = s.demanded();
        queuedBy = s.queuedBy();
        ailment = s.ailment();
        dependencies = s.dependencies();
        failures = s.failures();
        wasOpen = failures.open();
        pin = s.pin();
        closing = s.closing();
        change = s.change();
    }

    Transition done() {
        if (failures.open() != wasOpen) {
            act(new Action.TellCircuit(failures.open() ? failures.reason() : null, failures.count()));
        }
        Snapshot snapshot = new Snapshot(
                step,
                epoch,
                cause,
                verb,
                stopKind,
                stopTried,
                read,
                failedReads,
                lastId,
                run,
                ran,
                recheck,
                unknown,
                attemptNanos,
                deadlineNanos,
                adopted,
                done,
                readyNanos,
                idleFloorNanos,
                question,
                waiters,
                demanded,
                queuedBy,
                ailment,
                dependencies,
                failures,
                pin,
                closing,
                change);
        return new Transition(snapshot, actions);
    }

    Status status() {
        return step.status();
    }

    /** Goes to a step, of another status only where the table allows it. */
    void enter(Step target) {
        Status from = status();
        Status to = target.status();
        if (from != to && !LEGAL.getOrDefault(from, Set.of()).contains(to)) {
            throw new IllegalStateException(
                    "transition: " + from + " to " + to + " (expected: one of " + LEGAL.get(from) + ")");
        }
        if (to != Status.STOPPING) {
            stopKind = null;
            stopTried = false;
            forgetRestart();
            ailment = null;
        }
        done = done && (to == Status.READY || to == Status.STOPPING);
        question = 0;
        step = target;
    }

    /** Whether the host closes and waits for it. */
    boolean hurries() {
        return closing && change != Change.REMOVED;
    }

    /** Nobody wants the unit started again when it has been put down. */
    void forgetRestart() {
        demanded = false;
        queuedBy = null;
    }

    void act(Action action) {
        actions.add(action);
    }

    void publish(WakeEvent.Type type, String message) {
        act(new Action.Publish(type, epoch, cause, message, null, null));
    }

    void publishError(Reason reason) {
        act(new Action.Publish(WakeEvent.Type.ERROR, epoch, cause, reason.message(), reason, null));
    }

    /** Sets a timer of the current epoch; a delay that never passes sets none. */
    void arm(Timer kind, long delayNanos) {
        if (delayNanos != Policy.NEVER) {
            act(new Action.Arm(kind, epoch, now + Math.max(0, delayNanos)));
        }
    }

    /** Reads the unit's status; a read in flight no longer counts. */
    void read() {
        read = ++lastId;
        recheck = false;
        act(new Action.Read(read));
    }

    /** Asks the vetoes; an answer to an earlier question no longer counts. */
    void ask(long stamp) {
        enter(Step.ASKING);
        question = ++lastId;
        act(new Action.AskVetoes(question, stamp));
    }

    /** Has the unit probed until it is ready, or its end waited for; what an earlier probe has found no longer counts. */
    void probe(boolean slow) {
        question = ++lastId;
        if (!policy.job()) {
            act(new Action.Probe(question, now, slow));
        }
    }

    /** Another run than ours was told of: nothing that is found, and no end, counts until the unit has been read. */
    void doubt() {
        question = 0;
        act(new Action.StopProbing());
        read();
    }

    /** Whether an answer is waited for that may change the step. */
    boolean asks() {
        return question != 0;
    }

    /** Whether the answer to a question still counts. */
    boolean asks(long number) {
        return asks() && question == number;
    }

    /** Issues a verb; the slot must be free. A read from before it would tell of a unit that is no more: none counts. */
    void run(Verb.Kind kind, long timeoutNanos) {
        if (verb != null) {
            throw new IllegalStateException("verb: " + kind + " while " + verb + " holds the slot");
        }
        verb = new Verb(++lastId, kind, epoch, false);
        ran = false;
        read = 0;
        act(new Action.Run(verb));
        act(new Action.Arm(Timer.VERB, verb.id(), now + timeoutNanos));
    }

    /** Interrupts the verb that holds the slot, once, and gives it its grace. */
    void interruptVerb() {
        if (verb != null && !verb.interrupted()) {
            verb = verb.interrupt();
            act(new Action.Interrupt(verb.id()));
            act(new Action.Arm(Timer.GRACE, verb.id(), now + Policy.GRACE_NANOS));
        }
    }

    /** Ends all waiters with a reason. */
    void failWaiters(Reason reason) {
        if (waiters > 0) {
            waiters = 0;
            act(new Action.FailWaiters(reason, failures.askAgainAt(now)));
        }
    }

    /** Ends all waiters with a reason that is not this service's own. */
    void failWaiters(Reason reason, long retryAtNanos) {
        if (waiters > 0) {
            waiters = 0;
            act(new Action.FailWaiters(reason, retryAtNanos));
        }
    }

    /** What was to be given back in this decision is needed again: giving it back first could put it to sleep. */
    void keepDependencies() {
        actions.removeIf(Action.ReleaseDependencies.class::isInstance);
    }

    void releaseDependencies() {
        if (dependencies) {
            dependencies = false;
            act(new Action.ReleaseDependencies(ailment));
        }
    }
}
