// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Services whose health fails on a unit that others use too: when that is restarted, and for whom. */
class SharedUnitHealthTest {
    private final HouseHarness house = new HouseHarness();

    @Test
    void unhealthyOnASharedUnit_theUnitRunsOnForTheOthers_andItComesBackByItsProbe() {
        house.serviceOn("box", "web", s -> s.health(HealthConfig.TCP))
                .serviceOn("box", "admin", s -> {})
                .open();
        house.unit("box").listensOn(8080);
        house.acquire("web").join().close();
        Lease other = house.acquire("admin").join();
        house.verbs.clear();

        house.sick.add("web");
        house.advance(ofSeconds(30));

        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        assertThat(house.status("admin")).isEqualTo(Status.READY);
        house.sick.clear();
        assertThat(house.acquire("web")).isCompleted();
        assertThat(house.verbs).isEmpty();
        other.close();
    }

    @Test
    void unhealthyOnASharedUnit_nobodyElseUsesIt_theUnitIsRestartedForThoseWhoWait() {
        house.serviceOn("box", "web", s -> s.health(HealthConfig.TCP).dependsOn("db"))
                .serviceOn("box", "admin", s -> {})
                .service("db", s -> {})
                .open();
        house.unit("box").listensOn(8080);
        Lease open = house.acquire("web").join();
        house.sick.add("web");
        house.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = house.acquire("web");
        house.verbs.clear();
        house.unit("box").on(Call.STOP, () -> house.verbs.add("box STOP") && house.sick.remove("web"));

        open.close();
        house.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(house.verbs).containsExactly("box STOP", "box START");
        assertThat(house.status("admin")).isEqualTo(Status.NAPPING);
    }

    @Test
    void unhealthyOnASharedUnit_othersUseIt_thoseWhoWaitAreServedByTheRunThatIsWellAgain() {
        house.serviceOn("box", "web", s -> s.health(HealthConfig.TCP))
                .serviceOn("box", "admin", s -> {})
                .open();
        house.unit("box").listensOn(8080);
        Lease open = house.acquire("web").join();
        Lease other = house.acquire("admin").join();
        house.sick.add("web");
        house.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = house.acquire("web");
        house.verbs.clear();

        open.close();
        house.advance(ofSeconds(1));
        house.sick.clear();
        house.advance(ofSeconds(2));

        assertThat(caller).isCompleted();
        assertThat(house.verbs).isEmpty();
        other.close();
    }

    private void hungBoxOfTwo() {
        house.serviceOn("box", "web", s -> s.health(HealthConfig.TCP).wakeTimeout(ofMinutes(1)))
                .serviceOn("box", "api", s -> s.health(HealthConfig.TCP).wakeTimeout(ofMinutes(1)))
                .open();
        house.unit("box").listensOn(8080);
        house.unit("box")
                .on(Call.STOP, () -> house.verbs.add("box STOP") && house.sick.removeAll(List.of("web", "api")));
    }

    @Test
    void unhealthyForAllWhoUseASharedUnit_itIsRestartedForThoseWhoWait() {
        hungBoxOfTwo();
        Lease web = house.acquire("web").join();
        house.advance(ofSeconds(5));
        Lease api = house.acquire("api").join();
        house.verbs.clear();
        house.sick.addAll(List.of("web", "api"));
        house.advance(ofSeconds(27));
        CompletableFuture<Lease> ofWeb = house.acquire("web");
        web.close();
        house.advance(ofSeconds(1));
        assertThat(house.status("web")).isEqualTo(Status.STARTING);
        assertThat(house.status("api")).isEqualTo(Status.READY);
        assertThat(house.verbs).isEmpty();

        house.advance(ofSeconds(10));
        CompletableFuture<Lease> ofApi = house.acquire("api");
        assertThat(house.verbs).isEmpty();
        api.close();
        house.advance(ofMillis(1));

        assertThat(house.verbs).containsExactly("box STOP", "box START");
        assertThat(ofApi).isCompleted();
        assertThat(ofWeb).isCompleted();
        house.advance(ofMinutes(1));
        assertThat(house.status("web")).isEqualTo(Status.READY);
        assertThat(house.unit("box").count(Call.START)).isEqualTo(2);
    }

    @Test
    void unhealthyForOne_theOtherIsNotReadyInTimeOnTheSharedUnit_itIsRestarted() {
        hungBoxOfTwo();
        Lease web = house.acquire("web").join();
        house.verbs.clear();
        house.sick.addAll(List.of("web", "api"));
        CompletableFuture<Lease> ofApi = house.acquire("api");
        house.advance(ofSeconds(31));
        CompletableFuture<Lease> ofWeb = house.acquire("web");
        web.close();
        house.advance(ofSeconds(28));
        assertThat(ofWeb).isNotDone();
        assertThat(house.verbs).isEmpty();

        house.advance(ofSeconds(2));

        assertThat(reason(ofApi).message()).startsWith("runs but was not ready");
        assertThat(house.verbs).startsWith("box STOP");
        house.advance(ofSeconds(10));
        assertThat(house.acquire("web")).isCompleted();
        assertThat(house.acquire("api")).isCompleted();
    }

    @Test
    void unhealthyForOneThatIsWellAgainOnTheSharedUnit_theOthersDoubtRestartsNothing() {
        hungBoxOfTwo();
        Lease web = house.acquire("web").join();
        Lease api = house.acquire("api").join();
        house.verbs.clear();
        house.sick.add("web");
        house.advance(ofSeconds(30));
        CompletableFuture<Lease> ofWeb = house.acquire("web");
        web.close();
        house.advance(ofSeconds(1));
        house.sick.remove("web");
        house.advance(ofSeconds(2));
        assertThat(ofWeb).isCompleted();

        house.sick.add("api");
        house.advance(ofSeconds(30));
        CompletableFuture<Lease> ofApi = house.acquire("api");
        api.close();
        house.advance(ofSeconds(5));

        assertThat(house.status("api")).isEqualTo(Status.STARTING);
        assertThat(ofApi).isNotDone();
        assertThat(house.verbs).isEmpty();
        ofWeb.join().close();
    }

    /** The service is called and becomes unhealthy; a caller waits when its last lease is closed. */
    private CompletableFuture<Lease> complains(String service, Lease open) {
        house.sick.add(service);
        house.advance(ofSeconds(31));
        CompletableFuture<Lease> caller = house.acquire(service);
        open.close();
        house.advance(ofMillis(1));
        return caller;
    }

    private void webAndAdmin() {
        house.serviceOn("box", "web", SharedUnitHealthTest::watched)
                .serviceOn("box", "admin", s -> {})
                .open();
        house.unit("box").listensOn(8080);
        stopHeals();
    }

    private static void watched(ServiceConfigBuilder service) {
        service.health(HealthConfig.TCP).wakeTimeout(ofMinutes(1));
    }

    private void stopHeals() {
        house.unit("box")
                .on(Call.STOP, () -> house.verbs.add("box STOP") && house.sick.removeAll(List.of("web", "api")));
    }

    @Test
    void unhealthy_theUnitIsPausedToSleep_itIsStopped() {
        StopConfig pause = new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(30));
        house.serviceOn("box", "web", s -> s.health(HealthConfig.TCP).stop(pause))
                .serviceOn("box", "admin", s -> s.stop(pause))
                .open();
        house.unit("box").listensOn(8080);
        stopHeals();

        CompletableFuture<Lease> caller = complains("web", house.acquire("web").join());

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(caller).isCompleted();
    }

    @Test
    void unhealthy_whoItServedGivesItBack_isRestartedForTheOneThatWaits() {
        webAndAdmin();
        Lease admin = house.acquire("admin").join();
        CompletableFuture<Lease> caller = complains("web", house.acquire("web").join());
        house.advance(ofSeconds(5));
        assertThat(caller).isNotDone();
        assertThat(house.verbs).containsExactly("box START");

        admin.close();
        house.watcher("admin").sleepNow();
        house.advance(ofMillis(1));

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(caller).isCompleted();
    }

    @Test
    void unhealthyWhileNobodyAsks_isAskedForAgain_stillCountsAsOneThatDoubts() {
        webAndAdmin();
        Lease admin = house.acquire("admin").join();
        house.acquire("web").join().close();
        house.sick.add("web");
        house.advance(ofSeconds(31));
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        CompletableFuture<Lease> caller = house.acquire("web");
        assertThat(house.status("web")).isEqualTo(Status.STARTING);

        admin.close();
        house.watcher("admin").sleepNow();
        house.advance(ofMillis(1));

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(caller).isCompleted();
    }

    @Test
    void unhealthyWhileNobodyAsks_nobodyElseUsesIt_isStoppedAndNotStarted() {
        webAndAdmin();
        house.acquire("web").join().close();

        house.sick.add("web");
        house.advance(ofSeconds(31));

        assertThat(house.verbs).containsExactly("box START", "box STOP");
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        assertThat(house.acquire("web")).isCompleted();
    }

    @Test
    void wellAgainAndAsleep_isWokenOnTheSameRun_doubtsItNoMore() {
        webAndAdmin();
        Lease admin = house.acquire("admin").join();
        CompletableFuture<Lease> caller = complains("web", house.acquire("web").join());
        house.sick.clear();
        house.advance(ofSeconds(2));
        caller.join().close();
        house.watcher("web").sleepNow();
        house.advance(ofMillis(1));
        assertThat(house.status("web")).isEqualTo(Status.NAPPING);
        house.sick.add("web");
        CompletableFuture<Lease> next = house.acquire("web");

        admin.close();
        house.watcher("admin").sleepNow();
        house.advance(ofSeconds(30));

        assertThat(house.verbs).containsExactly("box START");
        assertThat(next).isNotDone();
    }

    @Test
    void givenUpWhileOneWaitsForItsDependency_goesOnWithTheNextRun() {
        house.serviceOn("box", "web", s -> {
                    watched(s);
                    s.dependsOn(new DependencyConfig("db", Condition.READY, false, false));
                })
                .serviceOn("box", "api", SharedUnitHealthTest::watched)
                .service("db", s -> {})
                .open();
        house.unit("box").listensOn(8080);
        stopHeals();
        Lease web = house.acquire("web").join();
        house.advance(ofSeconds(1));
        Lease api = house.acquire("api").join();
        house.slow = "db";
        house.unit("db").end(new Exit(3, false, List.of()));
        house.advance(ofMillis(1));
        house.sick.addAll(List.of("web", "api"));
        house.advance(ofSeconds(29));
        CompletableFuture<Lease> ofWeb = house.acquire("web");
        web.close();
        house.advance(ofMillis(500));
        assertThat(house.status("web")).isEqualTo(Status.STARTING);

        house.advance(ofSeconds(1));
        CompletableFuture<Lease> ofApi = house.acquire("api");
        api.close();
        house.advance(ofMillis(1));
        assertThat(house.verbs).containsSubsequence("box STOP", "box START");
        assertThat(ofApi).isCompleted();
        assertThat(ofWeb).isNotDone();
        house.slow = null;
        house.hung.forEach(Runnable::run);
        house.advance(ofSeconds(5));

        assertThat(ofWeb).isCompleted();
    }

    @Test
    void allWereNotReadyInTime_nobodyWaits_isStoppedAndNotStarted() {
        hungBoxOfTwo();
        house.sick.addAll(List.of("web", "api"));
        CompletableFuture<Lease> ofApi = house.acquire("api");
        house.advance(ofSeconds(30));
        house.sick.remove("web");
        Lease web = house.acquire("web").join();
        house.advance(ofSeconds(31));
        assertThat(reason(ofApi).message()).startsWith("runs but was not ready");
        assertThat(house.verbs).containsExactly("box START");
        house.sick.add("web");
        house.advance(ofSeconds(31));
        assertThat(house.status("web")).isEqualTo(Status.STARTING);

        web.close();
        house.advance(ofMinutes(10));

        assertThat(house.verbs).containsExactly("box START", "box STOP");
    }

    @Test
    void readinessSeesNothingOfIt_whoFoundItUnhealthyIsReadyOnlyWhenItIsHealthy() {
        house.shallow = true;
        hungBoxOfTwo();
        Lease web = house.acquire("web").join();
        house.advance(ofSeconds(5));
        Lease api = house.acquire("api").join();

        CompletableFuture<Lease> ofWeb = complains("web", web);
        house.advance(ofSeconds(2));
        assertThat(ofWeb).isNotDone();
        house.sick.add("api");
        house.advance(ofSeconds(31));
        CompletableFuture<Lease> ofApi = house.acquire("api");
        api.close();
        house.advance(ofMillis(1));

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(ofWeb).isCompleted();
        assertThat(ofApi).isCompleted();
    }

    @Test
    void unhealthyWhileNobodyAsks_theUnitIsPausedToSleep_itIsStoppedWhenTheLastLeaves() {
        StopConfig pause = new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(30));
        house.serviceOn("box", "web", s -> s.health(HealthConfig.TCP).stop(pause))
                .serviceOn("box", "admin", s -> s.stop(pause))
                .open();
        house.unit("box").listensOn(8080);
        stopHeals();
        Lease admin = house.acquire("admin").join();
        house.acquire("web").join().close();
        house.sick.add("web");
        house.advance(ofSeconds(31));
        assertThat(house.status("web")).isEqualTo(Status.ERROR);

        admin.close();
        house.watcher("admin").sleepNow();
        house.advance(ofSeconds(1));

        assertThat(house.verbs).containsExactly("box START", "box STOP");
        assertThat(house.acquire("web")).isCompleted();
    }

    @Test
    void wasNotReadyInTimeOnTheLastRun_hasItsWholeTimeOnTheNext() {
        hungBoxOfTwo();
        Lease web = house.acquire("web").join();
        house.sick.add("api");
        CompletableFuture<Lease> first = house.acquire("api");
        house.advance(ofSeconds(61));
        assertThat(reason(first).message()).startsWith("runs but was not ready");
        house.advance(ofSeconds(5));
        CompletableFuture<Lease> second = house.acquire("api");
        CompletableFuture<Lease> ofWeb = complains("web", web);
        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(second).isCompleted();
        assertThat(ofWeb).isCompleted();
        house.sick.add("api");
        second.join().close();
        house.watcher("api").sleepNow();
        house.advance(ofMillis(1));
        CompletableFuture<Lease> third = house.acquire("api");

        house.sick.add("web");
        house.advance(ofSeconds(45));

        assertThat(house.status("web")).isNotEqualTo(Status.READY);
        assertThat(third).isNotDone();
        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
    }

    @Test
    void givenUp_whatIsOptionalAndWasWaitedForInVain_isNotWaitedForAgain() {
        house.serviceOn("box", "web", s -> {
                    watched(s);
                    s.dependsOn(new DependencyConfig("cache", Condition.READY, true, false));
                })
                .serviceOn("box", "api", SharedUnitHealthTest::watched)
                .service("cache", s -> {})
                .open();
        house.unit("box").listensOn(8080);
        stopHeals();
        house.slow = "cache";
        Lease api = house.acquire("api").join();
        CompletableFuture<Lease> first = house.acquire("web");
        house.advance(ofSeconds(30));
        first.join().close();
        house.sick.add("web");
        house.advance(ofSeconds(31));
        CompletableFuture<Lease> ofWeb = house.acquire("web");
        house.advance(ofSeconds(31));
        assertThat(ofWeb).isNotDone();

        house.sick.add("api");
        house.advance(ofSeconds(28));
        api.close();
        house.advance(ofMillis(1));

        assertThat(house.verbs).containsSubsequence("box STOP", "box START");
        assertThat(ofWeb).isCompleted();
    }
}
