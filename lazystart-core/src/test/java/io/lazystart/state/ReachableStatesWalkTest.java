// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.state.Failures.Next;
import io.lazystart.state.Move.Trait;
import io.lazystart.state.Verb.Kind;
import io.lazystart.state.World.Known;
import io.lazystart.watch.Pin;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Visits every state that the machine can reach, together with the world around it, and checks the rules of the design
 * in each, from outside.
 *
 * <p>Bounds: two leases, two waiters (one of each where the configuration changes), relative epochs and numbers, back-off step at most three. The time stands still:
 * whether a stored time is over changes by moves of its own. The unit may answer anything at any time, and an abandoned
 * verb may return at any time.
 *
 * <p>That every waiter ends is shown for every fair path: whatever provider and unit answer, how often and in what order,
 * or if they never do, a waiter stays only if a timer that could fire at every moment never does. Signals of the past and
 * what callers do are left out there; the others must only be able to come where they should.
 */
class ReachableStatesWalkTest {
    private static final Set<Class<?>> WAITERS = Set.of(Signal.WaiterLeft.class, Signal.WaiterExpired.class);
    private static final int NEVER_OPEN = 100;
    private static final Set<Trait> TIME = EnumSet.of(Trait.TIME);
    private static final Set<Trait> HONEST = EnumSet.of(Trait.TIME, Trait.HONEST);
    private static final Set<Trait> ANY = EnumSet.of(Trait.TIME, Trait.HONEST, Trait.ANSWER);

    /** Walks on as many threads as there are processors, all of them once the first is wanted. */
    private static final ExecutorService WALKERS = Executors.newFixedThreadPool(
            Math.max(1, Runtime.getRuntime().availableProcessors()), ReachableStatesWalkTest::daemon);

    private static final Future<?> STOPPED_WHEN_IDLE = walk(() -> everyRuleHolds(
            new Walk(policy(Kind.STOP, 600, true, Next.DEMAND, NEVER_OPEN), 2, false, false), true, 130_000));
    private static final Future<?> PINNED = walk(() -> everyRuleHolds(
            new Walk(policy(Kind.STOP, 600, true, Next.PERSON, NEVER_OPEN), 2, true, false), true, 250_000));
    private static final Future<?> PAUSED_WHEN_IDLE_AND_LEFT_ON_CLOSE = walk(() -> everyRuleHolds(
            new Walk(policy(Kind.PAUSE, 600, false, Next.ITSELF, NEVER_OPEN), 2, false, false), true, 130_000));
    private static final Future<?> RECONFIGURED_AND_LEFT = walk(() -> everyRuleHolds(
            new Walk(policy(Kind.STOP, 600, false, Next.ITSELF, NEVER_OPEN), 1, false, true), true, 150_000));
    private static final Future<?> RECONFIGURED = walk(() -> everyRuleHolds(
            new Walk(policy(Kind.PAUSE, 600, true, Next.DEMAND, NEVER_OPEN), 1, false, true), true, 150_000));
    private static final Future<?> KILLED_AT_LAST_RELEASE = walk(() -> everyRuleHolds(
            new Walk(policy(Kind.KILL, 0, true, Next.ITSELF, NEVER_OPEN), 2, false, false), true, 190_000));
    private static final Future<?> NEVER_IDLE = walk(() ->
            everyRuleHolds(new Walk(policy(Kind.STOP, -1, false, Next.PERSON, 1), 2, false, false), false, 90_000));

    private static Future<?> walk(Runnable walk) {
        return WALKERS.submit(walk);
    }

    private static void assertPasses(Future<?> walk) throws InterruptedException {
        try {
            walk.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        }
    }

    private static Thread daemon(Runnable walk) {
        Thread thread = new Thread(walk, "walk");
        thread.setDaemon(true);
        return thread;
    }

    @AfterAll
    static void end() {
        WALKERS.shutdownNow();
    }

    @Test
    void stoppedWhenIdle_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(STOPPED_WHEN_IDLE);
    }

    @Test
    void pinned_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(PINNED);
    }

    @Test
    void pausedWhenIdleAndLeftOnClose_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(PAUSED_WHEN_IDLE_AND_LEFT_ON_CLOSE);
    }

    @Test
    void reconfiguredAndLeft_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(RECONFIGURED_AND_LEFT);
    }

    @Test
    void reconfigured_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(RECONFIGURED);
    }

    @Test
    void killedAtLastRelease_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(KILLED_AT_LAST_RELEASE);
    }

    @Test
    void neverIdle_allStates_everyRuleHolds() throws InterruptedException {
        assertPasses(NEVER_IDLE);
    }

    private static Policy policy(Kind stopKind, long idleSeconds, boolean stopOnClose, Next restart, int openAfter) {
        return new Policy(
                TimeUnit.MINUTES.toNanos(3),
                idleSeconds < 0 ? Policy.NEVER : TimeUnit.SECONDS.toNanos(idleSeconds),
                TimeUnit.SECONDS.toNanos(30),
                stopKind,
                TimeUnit.SECONDS.toNanos(30),
                TimeUnit.SECONDS.toNanos(30),
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.MINUTES.toNanos(5),
                openAfter,
                TimeUnit.SECONDS.toNanos(10),
                restart,
                stopOnClose,
                false,
                1);
    }

    private static void everyRuleHolds(Walk walk, boolean sleeps, int leastStates) {
        walk.run();

        System.out.printf("walk: %d states, %d transitions%n", walk.states(), walk.transitions());
        assertThat(walk.states()).isGreaterThanOrEqualTo(leastStates);
        everySignalMetEveryStatus(walk);
        whatMustEndEnds(walk, sleeps);
    }

    private static void everySignalMetEveryStatus(Walk walk) {
        Set<Class<?>> all = SignalKinds.all();
        if (!walk.reloads()) {
            all.removeIf(ConfigSignal.class::isAssignableFrom);
        }
        for (Status status : Status.values()) {
            Set<Class<?>> expected = new HashSet<>(all);
            if (status != Status.STARTING && status != Status.STOPPING) {
                expected.removeAll(WAITERS);
            }
            assertThat(walk.delivered().get(status)).as("signals in %s", status).isEqualTo(expected);
        }
    }

    private static void whatMustEndEnds(Walk walk, boolean sleeps) {
        walk.leadsTo(
                "rule 3: a waiter that time alone does not end",
                n -> n.snapshot().waiters() > 0,
                n -> n.snapshot().waiters() == 0,
                TIME);
        walk.fairPathsLeave(
                "rule 3: a waiter that may wait for ever though time passes",
                n -> n.snapshot().waiters() > 0,
                ANY,
                TIME);
        walk.leadsTo(
                "close: does not end by time alone",
                n -> n.snapshot().closing() && n.snapshot().change() != Change.REMOVED,
                n -> n.world().closed,
                TIME);
        // A unit that cannot be put to sleep is tried again for as long as that takes.
        walk.leadsTo(
                "removed: does not end though all goes well",
                n -> n.snapshot().closing(),
                n -> n.world().closed,
                HONEST);
        walk.leadsTo(
                "pin: a unit that is pinned ready does not become ready",
                n -> n.snapshot().pin() == Pin.READY
                        && !n.snapshot().closing()
                        && !n.snapshot().failures().open(),
                n -> n.status() == Status.READY,
                ANY);
        if (sleeps) {
            walk.leadsTo(
                    "rule 7: a unit that may run is never put to sleep",
                    n -> n.world().known == Known.MAY_RUN
                            && n.snapshot().pin() != Pin.READY
                            && !n.snapshot().closing(),
                    n -> n.world().known != Known.MAY_RUN,
                    HONEST);
        }
    }
}
