// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WatcherSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Two services on one unit: one life cycle. */
class SharedUnitTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("out of luck"));

    private final HouseHarness house = new HouseHarness()
            .serviceOn("box", "web", s -> s.idleTimeout(ofSeconds(10)))
            .serviceOn("box", "api", s -> s.idleTimeout(ofMinutes(10)));

    @Test
    void bothAreWoken_theUnitStartsOnce() {
        house.open();

        CompletableFuture<Lease> web = house.acquire("web");
        CompletableFuture<Lease> api = house.acquire("api");

        assertThat(web).isCompleted();
        assertThat(api).isCompleted();
        assertThat(house.verbs).containsExactly("box START");
    }

    @Test
    void oneIsWoken_theOtherStaysAsleep() {
        house.open();

        assertThat(house.acquire("web")).isCompleted();

        assertThat(house.status("web")).isEqualTo(Status.READY);
        assertThat(house.status("api")).isEqualTo(Status.NAPPING);
    }

    @Test
    void theShorterSleeps_unitStaysUntilTheOtherDoes() {
        house.open();
        house.acquire("web").join().close();
        house.acquire("api").join().close();

        house.advance(ofMinutes(5));
        assertThat(house.status("web")).isEqualTo(Status.NAPPING);
        assertThat(house.verbs).containsExactly("box START");
        house.advance(ofMinutes(6));

        assertThat(house.status("api")).isEqualTo(Status.NAPPING);
        assertThat(house.verbs).containsExactly("box START", "box STOP");
    }

    @Test
    void leaseOfOneOpen_theOthersSleepStopsNothing() {
        house.open();
        Lease lease = house.acquire("web").join();
        house.acquire("api").join().close();

        house.watcher("api").sleepNow();
        house.advance(ofMinutes(30));

        assertThat(house.status("web")).isEqualTo(Status.READY);
        assertThat(house.verbs).containsExactly("box START");
        lease.close();
    }

    @Test
    void asleepWhileTheOtherHoldsTheUnit_wakesAtOnceWithoutAStart() {
        house.open();
        assertThat(house.acquire("web")).isCompleted();
        house.acquire("api").join().close();
        house.advance(ofMinutes(11));
        assertThat(house.status("api")).isEqualTo(Status.NAPPING);
        house.provider.resync();
        house.time.runDue();
        assertThat(house.status("api")).isEqualTo(Status.NAPPING);

        assertThat(house.acquire("api")).isCompleted();
        assertThat(house.unit("box").count(Call.START)).isEqualTo(1);
    }

    @Test
    void unitDies_holdersOfBothAreTold() {
        house.open();
        List<Reason> told = new ArrayList<>();
        house.acquire("web").join().onLost(told::add);
        house.acquire("api").join().onLost(told::add);

        house.unit("box").end(CODE_3);
        house.advance(ofMillis(1));

        assertThat(told).hasSize(2).extracting(Reason::exitCode).containsOnly(3);
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        assertThat(house.status("api")).isEqualTo(Status.ERROR);
        assertThat(house.acquire("web")).isCompleted();
        assertThat(house.unit("box").count(Call.START)).isEqualTo(2);
    }

    @Test
    void unitCannotStart_callerGetsItsReason_andTheUnitsBackOffHolds() {
        house.open();
        house.unit("box").on(Call.START, () -> {
            throw new IllegalStateException("no memory");
        });

        CompletableFuture<Lease> web = house.acquire("web");
        CompletableFuture<Lease> api = house.acquire("api");

        assertThat(reason(web).kind()).isEqualTo(Kind.START_FAILED);
        assertThat(reason(web).message()).startsWith("start failed").contains("no memory");
        assertThat(reason(api).message()).contains("no memory");
        assertThat(house.unit("box").count(Call.START)).isEqualTo(1);
    }

    @Test
    void unitRunsWhenTheHostBegins_bothAreAdoptedAndSleepByThemselves() {
        house.unit("box").become(State.RUNNING);

        house.open();
        assertThat(house.status("web")).isEqualTo(Status.READY);
        assertThat(house.status("api")).isEqualTo(Status.READY);
        house.advance(ofMinutes(9));
        assertThat(house.status("web")).isEqualTo(Status.NAPPING);
        house.advance(ofMinutes(2));

        assertThat(house.verbs).containsExactly("box STOP");
    }

    @Test
    void unitIsStoppedOutside_unused_bothNap() {
        house.open();
        house.acquire("web").join().close();
        house.acquire("api").join().close();

        house.unit("box").end(new Exit(0, false, List.of()));
        house.advance(ofMillis(1));

        assertThat(house.status("web")).isEqualTo(Status.NAPPING);
        assertThat(house.status("api")).isEqualTo(Status.NAPPING);
    }

    @Test
    void check_unitGoneUnheard_isTakenInBeforeTheAnswer() {
        house.open();
        house.acquire("web").join().close();
        house.unit("box").become(State.STOPPED);

        CompletableFuture<WatcherSnapshot> answer = house.watcher("web").check().toCompletableFuture();
        house.time.runDue();

        assertThat(answer.join().status()).isNotEqualTo(Status.READY);
    }

    @Test
    void theUnitItself_isNoStepOfAWake() {
        house.open();

        assertThat(house.acquire("web")).isCompleted();

        assertThat(house.events("web").types()).doesNotContain(WakeEvent.Type.WAKING_DEPENDENCY);
    }

    @Test
    void servicesDisagreeOnTheStop_areRefused() {
        house.serviceOn(
                "box", "admin", s -> s.stop(new StopConfig(StopConfig.Method.KILL, null, ofSeconds(1), ofSeconds(1))));

        assertThatThrownBy(house::open)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services.admin.stop: another way to put the unit to sleep (expected: as the service web says,"
                                + " which uses the same unit)");
    }
}
