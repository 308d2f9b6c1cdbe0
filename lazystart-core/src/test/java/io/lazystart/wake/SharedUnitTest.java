// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Verb;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WatcherSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    @Test
    void unitIsRestartedOutside_leasesAreLost_andTheUnitIsKeptForThoseWhoCome() {
        house.open();
        List<Reason> told = new ArrayList<>();
        house.acquire("web").join().onLost(told::add);

        restartOutside();

        assertThat(told).hasSize(1);
        assertThat(house.status("web")).isEqualTo(Status.READY);
        Lease lease = house.acquire("web").join();
        house.advance(ofMinutes(30));
        assertThat(house.verbs).containsExactly("box START");
        lease.close();
    }

    @Test
    void unitIsRestartedOutside_whileOneOfItsServicesIsProbed_theUnitIsKeptForIt() {
        CompletableFuture<Lease> caller = webWakes();
        runHung();
        runHung();
        assertThat(house.events("web").types()).endsWith(WakeEvent.Type.WAITING_READY);

        Runnable oldProbe = house.hung.remove(0);
        restartOutside();
        runHung();
        house.slow = null;
        runHung();
        oldProbe.run();
        house.time.runDue();

        assertThat(caller).isCompleted();
        Lease lease = caller.join();
        house.advance(ofMinutes(30));
        assertThat(house.verbs).containsExactly("box START");
        lease.close();
    }

    @Test
    void unitIsRestartedOutside_whileOneDrains_itsLeasesAreLost() {
        house.open();
        List<Reason> told = new ArrayList<>();
        house.acquire("web").join().onLost(told::add);
        house.watcher("web").sleep();
        house.time.runDue();
        assertThat(told).isEmpty();

        restartOutside();

        assertThat(told).hasSize(1);
        assertThat(house.status("web")).isEqualTo(Status.NAPPING);
    }

    @Test
    void unitDies_whileOneWaitsForSomethingElse_itsCallerGetsTheReason() {
        house.service("db", s -> {})
                .serviceOn("box", "shop", s -> s.dependsOn("db").idleTimeout(ofMinutes(10)))
                .open();
        house.slow = "db";
        CompletableFuture<Lease> shop = house.acquire("shop");
        assertThat(house.status("shop")).isEqualTo(Status.STARTING);

        house.unit("box").end(CODE_3);
        house.time.runDue();

        assertThat(reason(shop).exitCode()).isEqualTo(3);
    }

    @Test
    void unitDies_atTheMomentWhenAServiceBeginsToUseIt_attemptFails() {
        CompletableFuture<Lease> web = webWakes();
        assertThat(house.hung).as("reading the status").hasSize(1);
        house.slow = null;

        house.unit("box").end(CODE_3);
        house.time.runDue();
        runHung();

        assertThat(reason(web).exitCode()).isEqualTo(3);
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
    }

    /** Wakes it on a unit that runs for the other, and has each of its calls of the provider hang. */
    private CompletableFuture<Lease> webWakes() {
        house.open();
        house.acquire("api").join().close();
        house.slow = "box";
        return house.acquire("web");
    }

    private void runHung() {
        List<Runnable> calls = List.copyOf(house.hung);
        house.hung.clear();
        calls.forEach(Runnable::run);
        house.time.runDue();
    }

    private void restartOutside() {
        house.unit("box").become(State.STOPPED);
        house.unit("box").startOutside();
        house.advance(ofMillis(1));
    }

    @Test
    void unitDiesBeforeAServiceHasComeToUseIt_thatAttemptFails_andUsesNoRunOfOthers() {
        CompletableFuture<Lease> web = webWakes();
        assertThat(house.hung).as("reading the status").hasSize(1);

        house.unit("box").end(CODE_3);
        house.time.runDue();

        assertThat(reason(web).exitCode()).isEqualTo(3);
        assertThat(house.watcher("web").snapshot().retryAfter()).isNull();
        List<Runnable> late = List.copyOf(house.hung);
        house.hung.clear();
        house.slow = null;
        assertThat(house.acquire("api")).isCompleted();
        late.forEach(Runnable::run);
        house.time.runDue();
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
    }

    @Test
    void unitIsPausedToSleep_itsServicesOnlyLetGoOfIt() {
        StopConfig pause = new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(10));
        ServiceConfig web = new ServiceConfigBuilder()
                .unit("scripted", Map.of())
                .stop(pause)
                .build("web");

        UnitWatcher owner = house.open().watcher("scripted:box");
        SharedUnit seen = new SharedUnit("web", house.unit("box"), owner, new Doubts(owner::giveUpIf));

        WatcherConfig ofService = new WatcherConfig(web, seen, null, null, List.of(), false);
        WatcherConfig ofUnit = new WatcherConfig(web, house.unit("box"), null, null, List.of(), false);

        assertThat(ofService.policy().stopKind()).isEqualTo(Verb.Kind.STOP);
        assertThat(ofUnit.policy().stopKind()).isEqualTo(Verb.Kind.PAUSE);
    }
}
