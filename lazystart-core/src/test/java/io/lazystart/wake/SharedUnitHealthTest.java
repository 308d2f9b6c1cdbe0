// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.event.Status;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Services whose health fails on a unit that others use too: when that is restarted. */
class SharedUnitHealthTest {
    private final SickBox sick = new SickBox();
    private final HouseHarness house = sick.house;

    @Test
    void unhealthyOnASharedUnit_theUnitRunsOnForTheOthers_andItComesBackByItsProbe() {
        sick.webAndAdmin();
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
        house.service("db", s -> {});
        sick.box(s -> s.health(HealthConfig.TCP).dependsOn("db"), "admin", s -> {});
        Lease open = house.acquire("web").join();
        house.sick.add("web");
        house.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = house.acquire("web");
        house.verbs.clear();

        open.close();
        house.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(house.verbs).containsExactly("box STOP", "box START");
        assertThat(house.status("admin")).isEqualTo(Status.NAPPING);
    }

    @Test
    void unhealthyOnASharedUnit_othersUseIt_thoseWhoWaitAreServedByTheRunThatIsWellAgain() {
        sick.webAndAdmin();
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

    @Test
    void unhealthyForAllWhoUseASharedUnit_itIsRestartedForThoseWhoWait() {
        sick.webAndApi();
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
        sick.webAndApi();
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
        sick.webAndApi();
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

    @Test
    void unhealthy_theUnitIsPausedToSleep_itIsStopped() {
        sick.webAndAdminPaused();

        CompletableFuture<Lease> caller =
                sick.complains("web", house.acquire("web").join());

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(caller).isCompleted();
    }

    @Test
    void unhealthy_whoItServedGivesItBack_isRestartedForTheOneThatWaits() {
        sick.webAndAdmin();
        Lease admin = house.acquire("admin").join();
        CompletableFuture<Lease> caller =
                sick.complains("web", house.acquire("web").join());
        house.advance(ofSeconds(5));
        assertThat(caller).isNotDone();
        assertThat(house.verbs).containsExactly("box START");

        sick.sleeps("admin", admin);

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(caller).isCompleted();
    }

    @Test
    void unhealthyWhileNobodyAsks_isAskedForAgain_stillCountsAsOneThatDoubts() {
        sick.webAndAdmin();
        Lease admin = house.acquire("admin").join();
        house.acquire("web").join().close();
        house.sick.add("web");
        house.advance(ofSeconds(31));
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        CompletableFuture<Lease> caller = house.acquire("web");
        assertThat(house.status("web")).isEqualTo(Status.STARTING);

        sick.sleeps("admin", admin);

        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(caller).isCompleted();
    }

    @Test
    void wellAgainAndAsleep_isWokenOnTheSameRun_doubtsItNoMore() {
        sick.webAndAdmin();
        Lease admin = house.acquire("admin").join();
        CompletableFuture<Lease> caller =
                sick.complains("web", house.acquire("web").join());
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
    void readinessSeesNothingOfIt_whoFoundItUnhealthyIsReadyOnlyWhenItIsHealthy() {
        house.shallow = true;
        sick.webAndApi();
        Lease web = house.acquire("web").join();
        house.advance(ofSeconds(5));
        Lease api = house.acquire("api").join();

        CompletableFuture<Lease> ofWeb = sick.complains("web", web);
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
        sick.webAndAdminPaused();
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
}
