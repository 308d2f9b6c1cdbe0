// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a service sleeps by itself, and what a person may do. */
class SleepingTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no such table"));

    @Test
    void leaseOpen_idleTimePassesManyTimes_isNotStopped() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(10)));
        Lease lease = h.acquire().join();

        h.advance(ofMinutes(10));

        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
        h.advance(ofSeconds(10).minusNanos(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofNanos(1));
        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }

    @Test
    void idleTimeZero_sleepsAtTheLastRelease() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(0)));
        Lease one = h.acquire().join();
        Lease two = h.acquire().join();

        one.close();
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.READY);
        two.close();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void wokenButNeverUsed_staysForTheFirstUseTime() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)).firstUseTimeout(ofSeconds(30)));
        h.watcher.wake(WatcherHarness.REQUEST);

        h.advance(ofSeconds(30).minusNanos(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofNanos(1));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void idleNever_staysReady() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ServiceConfig.NEVER));
        h.wakeAndRelease();

        h.advance(Duration.ofDays(400));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void methodPause_pausesAndUnpauses() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5))
                .stop(new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(30), ofSeconds(30))));
        h.wakeAndRelease();
        h.advance(ofSeconds(5));

        CompletableFuture<Lease> caller = h.acquire();

        assertThat(caller).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.PAUSE, Call.UNPAUSE);
    }

    @Test
    void sleep_leaseOpen_drainsAndTellsNobody() {
        WatcherHarness h = new WatcherHarness();
        Lease lease = h.acquire().join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);

        h.watcher.sleep();
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.STOPPING);
        assertThat(h.unit.count(Call.STOP)).isZero();
        lease.close();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(lost).isEmpty();
    }

    @Test
    void sleep_drainRunsOut_stopsAndTellsTheHolder() {
        WatcherHarness h = new WatcherHarness();
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);

        h.watcher.sleep();
        h.advance(ofSeconds(30));

        assertThat(h.unit.count(Call.STOP)).isEqualTo(1);
        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.PUT_TO_SLEEP);
    }

    @Test
    void sleepNow_leaseOpen_stopsAtOnceAndTellsTheHolderOnce() {
        WatcherHarness h = new WatcherHarness();
        Lease lease = h.acquire().join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);

        h.watcher.sleepNow();
        h.time.runDue();
        lease.close();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(lost).hasSize(1);
    }

    @Test
    void pinnedNapping_wakesAreRefusedUntilItIsLetGo() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.watcher.pin(Pin.NAPPING);
        h.time.runDue();
        CompletableFuture<Lease> refused = h.acquire();
        h.watcher.pin(Pin.NONE);

        assertThat(h.unit.count(Call.STOP)).isEqualTo(1);
        assertThat(reason(refused).kind()).isEqualTo(Kind.PINNED);
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void pinnedReady_doesNotSleepAndComesBackAfterADeath() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.watcher.pin(Pin.READY);
        h.advance(ofMinutes(10));
        assertThat(h.status()).isEqualTo(Status.READY);

        h.unit.end(CODE_3);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.count(Call.START)).isEqualTo(2);
    }

    @Test
    void startTakesLongerThanTheIdleTime_isNotStopped() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(0)).firstUseTimeout(ofSeconds(0)));
        h.unit.willListen();
        CompletableFuture<Lease> caller = h.acquire();

        h.advance(ofSeconds(50));
        h.unit.listensOn(8080);
        h.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START);
    }

    @Test
    void wokenByAPersonAndStartTakesLongerThanTheIdleTime_isNotStopped() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(0)).firstUseTimeout(ofSeconds(30)));
        h.unit.willListen();
        h.watcher.wake(WatcherHarness.REQUEST);

        h.advance(ofSeconds(50));
        h.unit.listensOn(8080);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.calls()).containsExactly(Call.START);
    }

    @Test
    void usedTenThousandTimes_oneTimerIsSet() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();
        int timers = h.time.pending();

        for (int i = 0; i < 10_000; i++) {
            h.advance(ofNanos(1));
            h.wakeAndRelease();
        }

        assertThat(h.time.pending()).isEqualTo(timers);
    }

    @Test
    void pausedAsleep_readAgain_isNotPausedAgain() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5))
                .stop(new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(30), ofSeconds(30))));
        h.wakeAndRelease();
        h.advance(ofSeconds(5));

        for (int i = 0; i < 10; i++) {
            h.watcher.reread();
            h.advance(ofMinutes(1));
        }

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.PAUSE);
    }
}
