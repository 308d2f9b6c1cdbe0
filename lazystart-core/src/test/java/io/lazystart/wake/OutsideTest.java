// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a unit without our doing, and how it is noticed. */
class OutsideTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no such table"));

    @Test
    void diesWhileStarting_waitersEndAtOnceWithExitCodeAndOutput() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
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

    @ParameterizedTest
    @ValueSource(ints = {129, 130, 143})
    void askedToEndFromOutside_unused_isNapping(int code) {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.unit.end(new Exit(code, false, List.of()));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void askedToEndFromOutside_withLeaseOpen_hasDied() {
        WatcherHarness h = new WatcherHarness();
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);

        h.unit.end(new Exit(143, false, List.of()));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.DIED);
    }

    @Test
    void askedToEndFromOutside_whileStarting_hasFailed() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        CompletableFuture<Lease> caller = h.acquire();

        h.unit.end(new Exit(143, false, List.of()));
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.EXITED);
        assertThat(reason(caller).exitCode()).isEqualTo(143);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 134, 137, 139})
    void endsBadlyUnused_hasDied(int code) {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.unit.end(new Exit(code, false, List.of()));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.ERROR);
    }

    @Test
    void endsForLackOfMemoryWhateverTheCode_hasDied() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.unit.end(new Exit(143, true, List.of()));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.ERROR);
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
        h.hung.remove(h.hung.size() - 1).run(); // behind the health probe of the first
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
    void readAgain_nothingHasChanged_nobodyIsToldAnything() {
        WatcherHarness h = new WatcherHarness();
        h.watcher.reread();
        h.time.runDue();
        assertThat(h.events.types()).isEmpty();
        h.wakeAndRelease();
        int told = h.events.events().size();

        h.watcher.reread();
        h.watcher.onResync();
        h.advance(ofSeconds(1));

        assertThat(h.events.events()).hasSize(told);
    }

    @Test
    void diesAndItsEngineRestartsIt_isAdoptedAndSleepsWhenUnused() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofMinutes(1)));
        Lease lease = h.acquire().join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);

        h.unit.end(CODE_3);
        h.unit.startOutside();
        h.time.runDue();

        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.DIED);
        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.calls()).containsExactly(Call.START);
        lease.close();
        h.advance(ofMinutes(1));
        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }
}
