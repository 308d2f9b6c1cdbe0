// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.failure;
import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import io.lazystart.watch.WakeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The watcher as a host sees it: the real machine, lease word, timers and bus over a scripted unit. */
class UnitWatcherTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no such table"));

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
    void slowStart_callersOwnDeadlinePasses_theWakeGoesOn() {
        WatcherHarness h = slow(ofSeconds(10), ofMinutes(3));

        CompletableFuture<Lease> caller = h.acquire();
        h.advance(ofSeconds(10));

        assertThat(reason(caller).kind()).isEqualTo(Kind.WAIT_EXPIRED);
        assertThat(h.status()).isEqualTo(Status.STARTING);
        assertThat(h.watcher.snapshot().waiters()).isZero();
    }

    @Test
    void attemptAndCallerExpireAtTheSameInstant_theReasonWins() {
        WatcherHarness h = slow(ofSeconds(10), ofSeconds(10));

        CompletableFuture<Lease> caller = h.acquire();
        h.advance(ofSeconds(10));

        assertThat(reason(caller).kind()).isEqualTo(Kind.NOT_READY);
    }

    /** A unit that runs but whose address cannot be found out, so that it is never ready. */
    private static WatcherHarness slow(Duration hold, Duration wake) {
        return new WatcherHarness(s -> s.holdTimeout(hold)
                .wakeTimeout(wake)
                .upstream("http://127.0.0.1:{port}")
                .idleTimeout(ofMinutes(2)));
    }

    @Test
    void notReadyInTime_isProbedOnEachSecond_andAdoptedWhenItComes() {
        WatcherHarness h = slow(ofSeconds(60), ofSeconds(10));
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
        WatcherHarness h = slow(ofSeconds(60), ofSeconds(10));
        h.callerComes();
        h.advance(ofSeconds(10));

        h.advance(ofMinutes(2).minusNanos(1));
        assertThat(h.unit.count(Call.STOP)).isZero();
        h.advance(ofNanos(1));

        assertThat(h.unit.count(Call.STOP)).isEqualTo(1);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

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
        assertThat(later).isCompleted();
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
    void diesWhileStarting_waitersEndAtOnceWithExitCodeAndOutput() {
        WatcherHarness h = slow(ofSeconds(60), ofMinutes(3));
        CompletableFuture<Lease> caller = h.acquire();

        h.unit.end(CODE_3);
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.EXITED);
        assertThat(reason(caller).exitCode()).isEqualTo(3);
        assertThat(reason(caller).output()).containsExactly("no such table");
    }

    @Test
    void diesWithLeaseOpen_holderIsToldOnce_andTheNextCallerStartsItAgain() {
        WatcherHarness h = new WatcherHarness();
        Lease lease = h.acquire().join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);

        h.unit.end(CODE_3);
        h.time.runDue();

        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.DIED);
        assertThat(h.status()).isEqualTo(Status.ERROR);
        CompletableFuture<Lease> next = h.acquire();
        lease.close();
        assertThat(next).isCompleted();
        assertThat(h.watcher.snapshot().leases()).isEqualTo(1);
    }

    @Test
    void endsWellUnused_isNapping() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.unit.end(new Exit(0, false, List.of()));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void lateEndOfAnEarlierRun_isIgnored() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.wakeAndRelease();
        String old = h.unit.runId();
        h.advance(ofSeconds(5));
        h.callerComes();

        h.unit.tell(UnitEvent.Kind.ENDED, old, CODE_3);
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void eventStreamBroke_unitStoppedMeanwhile_isNoticed() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.unit.become(State.STOPPED);
        h.provider.resync();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void startedFromOutside_isAdoptedAndSleepsWhenUnused() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofMinutes(1)));

        h.unit.startOutside();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofMinutes(1));
        assertThat(h.unit.calls()).containsExactly(Call.STOP);
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
    void hostWasSuspended_unitIsReadAndIdleTimeStartsAnew() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(10)));
        h.wakeAndRelease();
        int reads = h.unit.count(Call.STATUS);

        h.ticker.suspend(ofMinutes(60));
        h.advance(ofSeconds(10));
        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.count(Call.STATUS)).isEqualTo(reads + 1);
        h.advance(ofSeconds(10));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void check_unitGone_isTakenInBeforeTheAnswer() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();
        h.unit.become(State.STOPPED);

        var answer = h.watcher.check().toCompletableFuture();
        assertThat(answer).isNotCompleted();
        h.time.runDue();

        assertThat(answer.join().status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void check_manyWhileAReadIsInFlight_shareTheOneThatFollows() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();
        int reads = h.unit.count(Call.STATUS);
        h.hanging = true;
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(h.watcher.check().toCompletableFuture());
        }

        h.hanging = false;
        h.hung.forEach(Runnable::run);
        h.time.runDue();

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(h.unit.count(Call.STATUS)).isEqualTo(reads + 2);
    }

    @Test
    void check_whileAnEarlierReadIsInFlight_isAnsweredByALaterOne() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();
        h.hanging = true;
        CompletableFuture<?> first = h.watcher.check().toCompletableFuture();
        CompletableFuture<?> second = h.watcher.check().toCompletableFuture();

        h.hung.remove(0).run();
        h.time.runDue();

        assertThat(first).isCompleted();
        assertThat(second).isNotCompleted();
        h.hung.remove(0).run();
        h.time.runDue();
        assertThat(second).isCompleted();
    }

    @Test
    void statusReadAsNull_isAFailedRead_andTheUnitIsReadAgain() {
        WatcherHarness h = new WatcherHarness();
        h.unit.statusIsNull(true);
        CompletableFuture<Lease> refused = h.acquire();
        assertThat(reason(refused).message()).contains("null");

        h.unit.statusIsNull(false);
        h.advance(ofSeconds(1));

        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void unitWithoutItsAddressYet_isNotReady() {
        WatcherHarness h = new WatcherHarness();
        h.unit.willListen();

        CompletableFuture<Lease> caller = h.acquire();
        assertThat(h.status()).isEqualTo(Status.STARTING);
        h.unit.listensOn(8080);
        h.advance(ofMillis(10));

        assertThat(caller.join().upstream()).hasToString("http://127.0.0.1:8080");
    }

    @Test
    void asleepButBackingOff_callerIsToldTheReason() {
        WatcherHarness h = slow(ofSeconds(60), ofSeconds(10));
        h.callerComes();
        h.advance(ofSeconds(10));
        h.watcher.sleepNow();
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.NAPPING);

        assertThat(h.watcher.snapshot().retryAfter()).isPositive();
        assertThat(h.watcher.snapshot().reason().kind()).isEqualTo(Kind.NOT_READY);
    }

    @Test
    void closing_slowStop_isInterruptedAndKilledWithinTheTimeOfAClose() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.STOP));
        h.wakeAndRelease();
        h.hanging = true;
        CompletableFuture<Void> closed = h.watcher.close().toCompletableFuture();
        h.time.runDue();

        h.hanging = false;
        h.advance(ofSeconds(20));

        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.KILL);
    }

    @Test
    void check_whileTheStartIsInFlight_answersAtOnce() {
        WatcherHarness h = new WatcherHarness();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        h.unit.on(Call.START, () -> answers.add(h.watcher.check().toCompletableFuture()));

        h.callerComes();

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(answer).isCompleted());
        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void boot_unitRuns_isAdoptedWithoutAStart() {
        WatcherHarness h = new WatcherHarness();
        h.unit.startOutside();
        h.time.runDue();

        CompletableFuture<Lease> caller = h.acquire();

        assertThat(caller).isCompleted();
        assertThat(h.unit.calls()).isEmpty();
    }

    @Test
    void close_waitersEndWithClosing_andTheStartIsInterrupted() {
        WatcherHarness h = slow(ofSeconds(60), ofMinutes(3));
        CompletableFuture<Lease> caller = h.acquire();

        var closed = h.watcher.close().toCompletableFuture();
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.CLOSING);
        assertThat(closed).isCompleted();
        assertThat(reason(h.acquire()).kind()).isEqualTo(Kind.CLOSING);
    }

    @Test
    void close_onCloseLeave_leavesTheUnitRunningAndTellsHolders() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.LEAVE));
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);

        var closed = h.watcher.close().toCompletableFuture();
        h.time.runDue();

        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START);
        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.CLOSING);
        assertThat(h.watcher.tryAcquire()).isNull();
    }

    @Test
    void close_onCloseStop_stopsTheUnit() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.STOP));
        h.wakeAndRelease();

        var closed = h.watcher.close().toCompletableFuture();
        h.time.runDue();

        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
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
        WatcherHarness h = slow(ofSeconds(60), ofMinutes(3));
        h.callerComes();
        assertThat(h.watcher.snapshot().estimate()).isNull();
        h.advance(ofSeconds(3));

        h.unit.listensOn(8080);
        h.advance(ofMillis(100));

        assertThat(h.watcher.snapshot().estimate()).isBetween(ofSeconds(3), ofMillis(3_100));
    }

    @Test
    void request_withDeadlineOfItsOwn_waitsThatLong() {
        WatcherHarness h = slow(ofSeconds(60), ofMinutes(3));

        var caller = h.watcher
                .acquire(WakeRequest.of(WatcherHarness.REQUEST).deadline(ofSeconds(2)))
                .toCompletableFuture();
        h.advance(ofSeconds(2));

        assertThat(reason(caller).kind()).isEqualTo(Kind.WAIT_EXPIRED);
    }
}
