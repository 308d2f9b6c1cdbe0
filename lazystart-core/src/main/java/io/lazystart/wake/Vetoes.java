// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import io.lazystart.state.Action;
import io.lazystart.state.Signal;
import io.lazystart.state.Snapshot;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.IdleVeto;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks those who may object to a sleep, all at once, under a deadline. The first who is busy answers for all. Who throws, or
 * is late, is not busy.
 */
final class Vetoes {
    private static final Logger log = LoggerFactory.getLogger("io.lazystart");
    private static final long DEADLINE_NANOS = 5_000_000_000L;

    /**
     * Somebody who may object.
     *
     * @param veto asked off every lock
     * @param calls runs it
     */
    record Objector(IdleVeto veto, Calls calls) {}

    private final String service;

    /** Replaced by the watcher's action queue only. */
    private List<Objector> objectors;

    private final Surroundings surroundings;
    private final Consumer<Function<Snapshot, @Nullable Signal>> decisions;

    /** How often somebody threw or was late. Guarded by {@code this}, with the fields below. */
    private int failures;

    /** Until then the host says that the service is busy; holds once {@link #marked}. */
    private long busyUntilNanos;

    private boolean marked;

    /** Replaced by the watcher's action queue only. */
    private @Nullable Question current;

    /** Answers with signals that {@code decisions} has formed under the watcher's lock. */
    Vetoes(
            String service,
            List<Objector> objectors,
            Surroundings surroundings,
            Consumer<Function<Snapshot, @Nullable Signal>> decisions) {
        this.service = service;
        this.objectors = List.copyOf(objectors);
        this.surroundings = surroundings;
        this.decisions = decisions;
    }

    /** Asks others from now on; a question that has been put is answered by those who were asked. In the action queue. */
    void ask(List<Objector> others) {
        objectors = List.copyOf(others);
    }

    /**
     * The service is busy for some time from now; what was said before and lasts longer stays. From any thread, and between
     * two decisions: what is said before it sleeps keeps it awake.
     */
    synchronized void busyFor(long nanos) {
        long until = surroundings.ticker().nanos() + nanos;
        if (!marked || until - busyUntilNanos > 0) {
            busyUntilNanos = until;
            marked = true;
        }
    }

    private synchronized boolean saidBusy() {
        return marked && busyUntilNanos - surroundings.ticker().nanos() > 0;
    }

    /** How often somebody threw or was late. */
    synchronized long failures() {
        return failures;
    }

    private synchronized boolean isFirstFailure() {
        failures++;
        return failures == 1;
    }

    void ask(Action.AskVetoes action) {
        cancel();
        if (saidBusy() || objectors.isEmpty()) {
            answer(action, false);
        } else {
            Question question = new Question(action, objectors.size());
            current = question;
            question.begin(objectors);
        }
    }

    /** The answer is of no interest any more; calls in flight are interrupted. */
    void cancel() {
        Question over = current;
        current = null;
        if (over != null) {
            over.end();
        }
    }

    /** The host may have said so since the question was put, up to the decision. */
    private void answer(Action.AskVetoes action, boolean anyBusy) {
        long now = surroundings.ticker().nanos();
        decisions.accept(
                s -> new Signal.IdleAnswered(now, action.question(), anyBusy || saidBusy(), action.stamp(), 0));
    }

    private void failed(String what) {
        if (isFirstFailure()) {
            log.warn(
                    "{}: an idle veto failed and counts as not busy; further failures are not logged: {}",
                    service,
                    what);
        }
    }

    /** One question, put to all. */
    private final class Question {
        private final Action.AskVetoes action;

        /** Guarded by {@code this}, with the fields below. */
        private final List<BlockingCall<Boolean>> calls = new ArrayList<>();

        private int open;
        private boolean ended;
        private Scheduler.@Nullable Timer deadline;

        Question(Action.AskVetoes action, int asked) {
            this.action = action;
            this.open = asked;
        }

        void begin(List<Objector> asked) {
            for (Objector objector : asked) {
                keep(objector.calls()
                        .run(
                                "idle veto",
                                Reason.Kind.STOP_FAILED,
                                () -> objector.veto().isBusy(service),
                                this::answered,
                                this::failed));
            }
            deadline(surroundings.scheduler().schedule(this::late, DEADLINE_NANOS));
        }

        private synchronized void keep(BlockingCall<Boolean> call) {
            if (ended) {
                call.interrupt();
            } else {
                calls.add(call);
            }
        }

        private synchronized void deadline(Scheduler.Timer timer) {
            if (ended) {
                timer.cancel();
            } else {
                deadline = timer;
            }
        }

        private void answered(boolean busy) {
            synchronized (this) {
                open--;
                if (ended || (!busy && open > 0)) {
                    return;
                }
                end();
            }
            answer(action, busy);
        }

        private void failed(Reason reason) {
            synchronized (this) {
                if (ended) {
                    return; // interrupted by us, and counted where it was late
                }
            }
            Vetoes.this.failed(reason.message());
            answered(false);
        }

        private void late() {
            int unanswered;
            synchronized (this) {
                if (ended) {
                    return;
                }
                unanswered = open;
                end();
            }
            for (int i = 0; i < unanswered; i++) {
                Vetoes.this.failed("no answer within 5 s");
            }
            answer(action, false);
        }

        synchronized void end() {
            ended = true;
            if (deadline != null) {
                deadline.cancel();
            }
            calls.forEach(BlockingCall::interrupt);
        }
    }
}
