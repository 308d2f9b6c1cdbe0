// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.failure;
import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Starts and stops that fail or hang, and the back-off. */
class FailingTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no such table"));

    @Test
    void startFails_everyWaiterGetsTheReason_andTheUnitIsReadAgain() {
        WatcherHarness h = new WatcherHarness();
        h.unit.on(Call.START, () -> {
            throw new ProviderException("no such binary", CODE_3, null);
        });

        CompletableFuture<Lease> one = h.ask();
        CompletableFuture<Lease> two = h.ask();
        h.time.runDue();

        assertThat(reason(one).kind()).isEqualTo(Kind.START_FAILED);
        assertThat(reason(one).message()).contains("no such binary");
        assertThat(reason(one).exitCode()).isEqualTo(3);
        assertThat(reason(two)).isSameAs(reason(one));
        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(h.unit.count(Call.STATUS)).isEqualTo(3); // at boot, before the start, after its failure
    }

    @Test
    void backingOff_callerAsks_isRefusedWithTheRestAndNothingStarts() {
        WatcherHarness h = new WatcherHarness();
        h.unit.on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        h.callerComes();

        CompletableFuture<Lease> early = h.acquire();

        assertThat(failure(early).reason().message()).contains("broken");
        assertThat(failure(early).retryAfter()).isBetween(ofMillis(750), ofSeconds(1));
        assertThat(h.unit.count(Call.START)).isEqualTo(1);
    }

    @Test
    void backOffOver_startsNothingWithoutDemand_andServesTheNextCaller() {
        WatcherHarness h = new WatcherHarness();
        h.unit.on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        h.callerComes();
        h.unit.on(Call.START, () -> null);

        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void backingOff_personWakes_startsAtOnce() {
        WatcherHarness h = new WatcherHarness();
        h.unit.on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        h.callerComes();
        h.unit.on(Call.START, () -> null);

        h.watcher.wake(Cause.person("operator"));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void failsAgainAndAgain_backsOffTwiceAsLongEachTime() {
        WatcherHarness h = new WatcherHarness();
        h.unit.on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });

        h.callerComes();
        h.advance(ofSeconds(1));
        h.callerComes();

        assertThat(h.watcher.snapshot().retryAfter()).isBetween(ofMillis(1500), ofSeconds(2));
    }

    @Test
    void hungStart_callerEndsAtTheDeadline_andNothingStartsBeforeTheUnitWasRead() {
        WatcherHarness h = new WatcherHarness(s -> s.wakeTimeout(ofSeconds(10)));
        h.unit.on(Call.STATUS, () -> h.hanging = true);

        CompletableFuture<Lease> caller = h.acquire();
        h.unit.on(Call.STATUS, () -> null);
        h.advance(ofSeconds(10));
        assertThat(reason(caller).kind()).isEqualTo(Kind.START_TIMED_OUT);
        h.advance(ofSeconds(1));
        CompletableFuture<Lease> next = h.acquire();
        assertThat(h.status()).isEqualTo(Status.STARTING);
        h.hanging = false;
        h.advance(ofSeconds(4)); // the grace of the first start is over: it is abandoned, the unit is read

        assertThat(next).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START);
    }

    @Test
    void abandonedStart_returnsLate_onlyCausesARead() {
        WatcherHarness h = new WatcherHarness(s -> s.wakeTimeout(ofSeconds(10)));
        h.unit.on(Call.STATUS, () -> h.hanging = true);
        h.callerComes();
        h.unit.on(Call.STATUS, () -> null);
        h.hanging = false;
        h.advance(ofSeconds(15));
        assertThat(h.status()).isEqualTo(Status.ERROR);
        int reads = h.unit.count(Call.STATUS);

        h.hung.forEach(Runnable::run);
        h.time.runDue();

        assertThat(h.unit.count(Call.STATUS)).isEqualTo(reads + 1);
        assertThat(h.unit.count(Call.START)).isZero(); // it was interrupted before it began
        assertThat(h.status()).isEqualTo(Status.ERROR);
    }

    @Test
    void stopFails_stillRunning_isKilled() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.wakeAndRelease();
        h.unit.on(Call.STOP, () -> {
            throw new IllegalStateException("engine says no");
        });

        h.advance(ofSeconds(5));

        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP, Call.KILL);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void killFails_isInErrorAndTriedAgainUnderBackOff() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.wakeAndRelease();
        h.unit.on(Call.STOP, () -> {
            throw new IllegalStateException("engine says no");
        });
        h.unit.on(Call.KILL, () -> {
            throw new IllegalStateException("engine says no");
        });
        h.advance(ofSeconds(5));
        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(h.watcher.snapshot().reason().kind()).isEqualTo(Kind.STOP_FAILED);

        h.unit.on(Call.KILL, () -> null);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.unit.count(Call.KILL)).isEqualTo(2);
    }

    @Test
    void asleepButBackingOff_callerIsToldTheReason() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(10));
        h.callerComes();
        h.advance(ofSeconds(10));
        h.watcher.sleepNow();
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.NAPPING);

        assertThat(h.watcher.snapshot().retryAfter()).isPositive();
        assertThat(h.watcher.snapshot().reason().kind()).isEqualTo(Kind.NOT_READY);
    }

    @Test
    void probeHangs_serviceIsPutToSleep_theProvidersCallIsInterrupted() throws Exception {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(60));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        h.unit.on(Call.START, () -> h.providerCalls = thread);
        h.unit.on(Call.ADDRESS, () -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
            return null;
        });
        try {
            CompletableFuture<Lease> caller = h.acquire();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            h.providerCalls = h.time;

            h.watcher.sleepNow();
            h.time.runDue();

            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(reason(caller).kind()).isEqualTo(Kind.PUT_TO_SLEEP);
            assertThat(h.status()).isEqualTo(Status.NAPPING);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void addressNeverTold_isAskedAgainAfterItsTime() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(60));
        h.unit.on(Call.START, () -> h.hanging = true);
        CompletableFuture<Lease> caller = h.acquire();
        h.hanging = false;
        h.unit.listensOn(8080);

        h.advance(ofSeconds(12));
        h.hung.forEach(Runnable::run); // the interrupted call ends
        h.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(h.unit.count(Call.START)).isEqualTo(1);
    }
}
