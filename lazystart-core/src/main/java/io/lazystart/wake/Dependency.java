// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.DependencyConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WatcherSnapshot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One dependency of a service: wanted, then held, and taken again when it is lost. Confined to the action queue of the
 * dependent's watcher.
 */
final class Dependency {
    /** Why a service is not had that is there no more, for one that still leaves. */
    private static final Reason REMOVED = Reason.of(Reason.Kind.REMOVED, "it was removed from the configuration");

    /** The epoch of no run. */
    static final long NO_RUN = -1;

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

    /** Hears what becomes of the dependency, in the action queue. */
    interface Listener {

        /** It has come as far as its condition asks. */
        void onSatisfied();

        /**
         * It cannot be had.
         *
         * @return whether it is to be tried again as soon as that is worth while
         */
        boolean onFailed(Reason reason, long retryAtNanos);

        /** It was held and its unit is gone; it is taken again unless a person wanted that. */
        void onLost(Reason reason);
    }

    private final DependencyConfig config;
    private final boolean standing;
    private final Surroundings surroundings;
    private final Function<String, @Nullable UnitWatcher> watchers;
    private final Executor queue;
    private final Listener listener;

    /** Why it is wanted; null if it is not. */
    private @Nullable Cause wanted;

    /** A lease that is being waited for. */
    private @Nullable Asking asked;

    /** Written in the action queue, read anywhere. */
    private volatile @Nullable Lease lease;

    private @Nullable Subscription startedEvents;
    private Scheduler.@Nullable Timer retry;

    /** When to ask again where nobody tells: doubled each time, since perhaps only a person can help. */
    private Duration unknownWait = RETRY;

    /**
     * Whether the condition is fulfilled, or is done without; stays so for the attempt when the dependency is lost, and of a
     * job until it is given back.
     */
    private boolean satisfied;

    /** The run in which what is asked for has come as far as the condition asks. */
    private long startedEpoch = NO_RUN;

    /** {@code standing} says whether it is taken again when it is lost. */
    Dependency(
            DependencyConfig config,
            boolean standing,
            Surroundings surroundings,
            Function<String, @Nullable UnitWatcher> watchers,
            Executor queue,
            Listener listener) {
        this.config = config;
        this.standing = standing;
        this.surroundings = surroundings;
        this.watchers = watchers;
        this.queue = queue;
        this.listener = listener;
    }

    DependencyConfig config() {
        return config;
    }

    String name() {
        return config.service();
    }

    boolean standing() {
        return standing;
    }

    boolean optional() {
        return config.optional();
    }

    /** Whether it is run to its end before the dependent starts. */
    boolean job() {
        return config.condition() == DependencyConfig.Condition.COMPLETED;
    }

    boolean satisfied() {
        return satisfied;
    }

    /** The epoch of the run that is held; {@link #NO_RUN} if none is. Safe from any thread. */
    long heldRun() {
        Lease held = lease;
        return held == null ? NO_RUN : held.epoch();
    }

    /** Goes on without it; if it comes after all it is held. */
    void doWithout() {
        satisfied = true;
    }

    /**
     * Takes it unless it is held or asked for.
     *
     * @param executor asks; another thread's where the dependent is being woken, since a long chain of dependencies would
     *     else be walked on one stack
     */
    void want(Cause cause, Executor executor) {
        // A person's wake passes over the back-off once, not each time that the dependency is asked for from then on.
        wanted = new Cause(Cause.Kind.DEPENDENCY, cause.detail());
        unknownWait = RETRY;
        if (lease != null || (job() && satisfied)) {
            return;
        }
        satisfied = asked != null && startedRunGoesOn();
        if (asked == null) {
            ask(cause, executor);
        }
    }

    /** Gives it back. */
    void release() {
        wanted = null;
        satisfied = false;
        forgetRetry();
        forgetEvents();
        Asking pending = asked;
        asked = null;
        if (pending != null) {
            pending.withdraw();
        }
        Lease held = lease;
        lease = null;
        if (held != null) {
            held.close();
        }
    }

    /** How far it is, for a person. Safe from any thread. */
    String observed() {
        UnitWatcher found = watchers.apply(name());
        return name() + " (" + (found == null ? "removed" : found.snapshot().status()) + ")";
    }

    private void ask(Cause cause, Executor executor) {
        forgetRetry();
        startedEpoch = NO_RUN;
        Asking asking = new Asking(cause);
        asked = asking;
        executor.execute(asking);
        if (config.condition() == DependencyConfig.Condition.STARTED) {
            listen();
        }
    }

    /** One request for the lease. */
    private final class Asking implements Runnable {
        private final Cause cause;
        private volatile boolean withdrawn;
        private volatile @Nullable CompletableFuture<Lease> waiter;

        Asking(Cause cause) {
            this.cause = cause;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // the queue logs what its tasks throw
        public void run() {
            if (withdrawn) {
                return; // nobody needs it any more: it is not woken
            }
            UnitWatcher found = watchers.apply(name());
            CompletableFuture<Lease> begun = found == null
                    ? CompletableFuture.failedFuture(new WakeException(REMOVED, null))
                    : found.hold(cause);
            begun.whenComplete((given, failure) -> queue.execute(() -> answered(this, given, failure)));
            waiter = begun;
            if (withdrawn) {
                begun.cancel(true);
            }
        }

        /** From now on an answer is of no interest, and a lease is given back. */
        void withdraw() {
            withdrawn = true;
            CompletableFuture<Lease> begun = waiter;
            if (begun != null) {
                begun.cancel(true);
            }
        }
    }

    private void answered(Asking asking, @Nullable Lease given, @Nullable Throwable failure) {
        if (asked != asking) {
            if (given != null) {
                given.close();
            }
            return;
        }
        asked = null;
        forgetEvents();
        if (given == null) {
            failed(failure);
            return;
        }
        lease = given;
        unknownWait = RETRY;
        given.onLost(reason -> queue.execute(() -> lost(given, reason)));
        satisfy();
    }

    private void satisfy() {
        if (!satisfied) {
            satisfied = true;
            listener.onSatisfied();
        }
    }

    private void failed(@Nullable Throwable failure) {
        long now = surroundings.ticker().nanos();
        WakeException refusal = failure instanceof WakeException known
                ? known
                : new WakeException(Reason.of(Reason.Kind.START_FAILED, String.valueOf(failure)), null);
        Duration known = refusal.retryAfter();
        satisfied = config.optional();
        boolean again = listener.onFailed(refusal.reason(), known == null ? now : now + known.toNanos());
        if (again && !standing && wanted != null && !byPerson(refusal.reason()) && serves()) {
            ask(wanted, surroundings.tasks()); // the failure was that of an earlier attempt to start it
        } else if (again) {
            askLater(refusal.reason(), known == null ? unknownWait : known);
            Duration doubled = unknownWait.multipliedBy(2);
            unknownWait = known != null ? RETRY : doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
        }
    }

    private void lost(Lease gone, Reason reason) {
        if (lease != gone) {
            return;
        }
        lease = null;
        gone.close();
        Cause cause = wanted;
        if (!standing && cause != null && foundRunning()) {
            ask(cause, surroundings.tasks()); // restarted from outside: whoever uses the unit uses its next run
            return;
        }
        listener.onLost(reason);
        if (lease == null && asked == null) {
            askLater(reason, Duration.ZERO);
        }
    }

    private boolean foundRunning() {
        UnitWatcher found = watchers.apply(name());
        WatcherSnapshot s = found == null ? null : found.snapshot();
        return s != null && runs(s) && s.cause().kind() == Cause.Kind.OUTSIDE;
    }

    private boolean serves() {
        UnitWatcher found = watchers.apply(name());
        return found != null && found.snapshot().status() == Status.READY;
    }

    private static boolean runs(WatcherSnapshot s) {
        return s.status() == Status.STARTING || s.status() == Status.READY;
    }

    /**
     * What a person has put to sleep stays asleep until somebody wakes the dependent. A job is not run again beside a
     * dependent that may run: that has to be put down first.
     */
    private void askLater(Reason why, Duration wait) {
        if (standing && wanted != null && !byPerson(why) && !job()) {
            Duration least = why.kind() == Reason.Kind.DIED ? Duration.ZERO : RETRY;
            Duration delay = wait.compareTo(least) > 0 ? wait : least;
            retry = surroundings.scheduler().schedule(() -> queue.execute(this::askAgain), delay.toNanos());
        }
    }

    private static boolean byPerson(Reason why) {
        return switch (why.kind()) {
            case PUT_TO_SLEEP, PINNED, CLOSING, REMOVED -> true;
            default -> false;
        };
    }

    private void askAgain() {
        retry = null;
        if (wanted != null && lease == null && asked == null) {
            ask(wanted, surroundings.tasks());
        }
    }

    private void forgetRetry() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
    }

    /** Its unit runs before it is READY. */
    private void listen() {
        forgetEvents();
        UnitWatcher found = watchers.apply(name());
        startedEvents = found == null ? null : found.subscribe(new Starts(), surroundings.tasks());
    }

    private void started(long epoch) {
        if (asked != null) {
            startedEpoch = epoch;
            if (startedRunGoesOn()) {
                satisfy();
            }
        }
    }

    /** It may have ended before the lease was asked for, and then nobody tells that; or before its start was told. */
    private boolean startedRunGoesOn() {
        UnitWatcher found = watchers.apply(name());
        WatcherSnapshot s = found == null ? null : found.snapshot();
        return s != null && runs(s) && s.epoch() == startedEpoch;
    }

    /** Hears that the unit runs, and passes over what the history tells of a run that is over. */
    private final class Starts implements WakeListener {
        private long overEpoch = NO_RUN;

        @Override
        public void onEvent(WakeEvent event) {
            if (event.snapshot() && event.type() != WakeEvent.Type.STARTING) {
                overEpoch = event.epoch();
            } else if (event.type() == WakeEvent.Type.UNIT_STARTED && event.epoch() != overEpoch) {
                queue.execute(() -> started(event.epoch()));
            }
        }
    }

    private void forgetEvents() {
        if (startedEvents != null) {
            startedEvents.close();
            startedEvents = null;
        }
    }
}
