// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Callers who ask, and how a wake ends. */
class WakingTest {
    @Test
    void napping_callerAsks_isServedAfterOneStart() {
        WatcherHarness h = new WatcherHarness();

        CompletableFuture<Lease> caller = h.acquire();

        assertThat(caller).isCompleted();
        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.calls()).containsExactly(Call.START);
        assertThat(h.events.types())
                .containsExactly(
                        WakeEvent.Type.STARTING,
                        WakeEvent.Type.UNIT_STARTED,
                        WakeEvent.Type.WAITING_READY,
                        WakeEvent.Type.READY);
    }

    @Test
    void napping_manyCallersAsk_shareOneStart() {
        WatcherHarness h = new WatcherHarness();

        List<CompletableFuture<Lease>> callers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            callers.add(h.ask());
        }
        h.time.runDue();

        assertThat(callers).allSatisfy(caller -> assertThat(caller).isCompleted());
        assertThat(h.watcher.snapshot().leases()).isEqualTo(50);
        assertThat(h.unit.count(Call.START)).isEqualTo(1);
    }

    @Test
    void ready_callerAsks_needsNoStartAndNoWait() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        Lease lease = h.watcher.tryAcquire();

        assertThat(lease).isNotNull();
        assertThat(h.watcher.snapshot().leases()).isEqualTo(1);
    }

    @Test
    void napping_tryAcquire_givesNothingAndWakesNothing() {
        WatcherHarness h = new WatcherHarness();

        Lease lease = h.watcher.tryAcquire();
        h.time.runDue();

        assertThat(lease).isNull();
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void lease_closedTwice_isCountedOnce() {
        WatcherHarness h = new WatcherHarness();
        Lease first = h.acquire().join();
        Lease second = h.acquire().join();

        first.close();
        first.close();

        assertThat(h.watcher.snapshot().leases()).isEqualTo(1);
        second.close();
        assertThat(h.watcher.snapshot().leases()).isZero();
    }

    @Test
    void slowStart_callersOwnDeadlinePasses_theWakeGoesOn() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(10), ofMinutes(3));

        CompletableFuture<Lease> caller = h.acquire();
        h.advance(ofSeconds(10));

        assertThat(reason(caller).kind()).isEqualTo(Kind.WAIT_EXPIRED);
        assertThat(h.status()).isEqualTo(Status.STARTING);
        assertThat(h.watcher.snapshot().waiters()).isZero();
    }

    @Test
    void attemptAndCallerExpireAtTheSameInstant_theReasonWins() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(10), ofSeconds(10));

        CompletableFuture<Lease> caller = h.acquire();
        h.advance(ofSeconds(10));

        assertThat(reason(caller).kind()).isEqualTo(Kind.NOT_READY);
    }

    /** A unit that runs but whose address cannot be found out, so that it is never ready. */
    @Test
    void notReadyInTime_isProbedOnEachSecond_andAdoptedWhenItComes() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(10));
        h.callerComes();
        h.advance(ofSeconds(10));
        assertThat(h.status()).isEqualTo(Status.ERROR);

        h.unit.listensOn(8080);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.calls()).containsExactly(Call.START);
    }

    @Test
    void neverReady_isPutToSleepAfterItsIdleTime() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(10));
        h.callerComes();
        h.advance(ofSeconds(10));

        h.advance(ofMinutes(2).minusNanos(1));
        assertThat(h.unit.count(Call.STOP)).isZero();
        h.advance(ofNanos(1));

        assertThat(h.unit.count(Call.STOP)).isEqualTo(1);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void stopping_wakeArrives_restartsOnceAfterTheStop() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.wakeAndRelease();
        List<CompletableFuture<Lease>> callers = new ArrayList<>();
        h.unit.on(Call.STOP, () -> {
            callers.add(h.ask());
            callers.add(h.ask());
            assertThat(h.status()).isEqualTo(Status.STOPPING);
            return null;
        });

        h.advance(ofSeconds(5));

        assertThat(callers).hasSize(2).allSatisfy(caller -> assertThat(caller).isCompleted());
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP, Call.START);
    }

    @Test
    void stopping_lastWaiterLeaves_theRestartIsDropped() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.wakeAndRelease();
        h.unit.on(Call.STOP, () -> h.ask().cancel(true));

        h.advance(ofSeconds(5));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }

    @Test
    void waiterLeaves_othersAreServed() {
        WatcherHarness h = new WatcherHarness();
        CompletableFuture<Lease> first = h.ask();
        CompletableFuture<Lease> second = h.ask();

        first.cancel(true);
        h.time.runDue();

        assertThat(second).isCompleted();
        assertThat(h.watcher.snapshot().leases()).isEqualTo(1);
    }

    @Test
    void waiterLeavesBetweenReadyAndServed_givesItsCountedLeaseBack() {
        WatcherHarness h = new WatcherHarness();
        CompletableFuture<Lease> caller = h.ask();
        h.watcher.subscribe(
                event -> {
                    if (event.type() == WakeEvent.Type.READY) {
                        caller.cancel(true);
                    }
                },
                Runnable::run);

        h.time.runDue();

        assertThat(caller).isCancelled();
        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.watcher.snapshot().leases()).isZero();
    }

    @Test
    void waitingRoomFull_callerIsRefusedAtOnce_andAPlaceIsFreedByWhoeverLeaves() {
        WatcherHarness h = new WatcherHarness(s -> {}, 1);
        CompletableFuture<Lease> held = h.ask();

        CompletableFuture<Lease> refused = h.ask();
        h.time.runDue();
        CompletableFuture<Lease> later = h.acquire();

        assertThat(held).isCompleted();
        assertThat(reason(refused).kind()).isEqualTo(Kind.WAITING_ROOM_FULL);
        assertThat(reason(refused).message()).isEqualTo("the waiting room is full (1 held)");
        assertThat(later).isCompleted();
    }

    @Test
    void subscriber_hearsSnapshotThenHistoryThenWhatComes() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofMinutes(1)));
        h.wakeAndRelease();
        RecordingListener late = new RecordingListener();

        h.watcher.subscribe(late, h.time);
        h.advance(ofMinutes(1));

        assertThat(late.events().get(0).snapshot()).isTrue();
        assertThat(late.events().get(0).type()).isEqualTo(WakeEvent.Type.READY);
        assertThat(late.types())
                .containsExactly(
                        WakeEvent.Type.STARTING,
                        WakeEvent.Type.UNIT_STARTED,
                        WakeEvent.Type.WAITING_READY,
                        WakeEvent.Type.READY,
                        WakeEvent.Type.STOPPING,
                        WakeEvent.Type.NAPPING);
        assertThat(late.events()).isSortedAccordingTo(Comparator.comparingLong(e -> e.snapshot() ? 0 : e.sequence()));
    }

    @Test
    void wakes_areLearnedAsEstimate() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.callerComes();
        assertThat(h.watcher.snapshot().estimate()).isNull();
        h.advance(ofSeconds(3));

        h.unit.listensOn(8080);
        h.advance(ofMillis(100));

        assertThat(h.watcher.snapshot().estimate()).isBetween(ofSeconds(3), ofMillis(3_100));
    }

    @Test
    void request_withDeadlineOfItsOwn_waitsThatLong() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));

        var caller = h.watcher
                .acquire(WakeRequest.of(WatcherHarness.REQUEST).deadline(ofSeconds(2)))
                .toCompletableFuture();
        h.advance(ofSeconds(2));

        assertThat(reason(caller).kind()).isEqualTo(Kind.WAIT_EXPIRED);
    }

    @Test
    void leaseOfALaterRun_hasALaterEpoch() {
        WatcherHarness h = new WatcherHarness();
        Lease first = h.acquire().join();
        Lease second = h.acquire().join();
        assertThat(second.epoch()).isEqualTo(first.epoch());

        h.watcher.sleepNow();
        h.time.runDue();
        Lease later = h.acquire().join();

        assertThat(later.epoch())
                .isGreaterThan(first.epoch())
                .isEqualTo(h.watcher.snapshot().epoch());
    }

    @Test
    void callersLeaveBeforeItIsReady_nothingIsDoneForThemAnyMore() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.callerComes();
        int timers = h.time.pending();

        for (int i = 0; i < 50; i++) {
            h.acquire().cancel(true);
        }
        h.time.runDue();

        assertThat(h.time.pending()).isEqualTo(timers);
        assertThat(h.watcher.snapshot().waiters()).isOne();
    }
}
