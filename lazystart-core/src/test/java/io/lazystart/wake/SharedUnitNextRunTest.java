// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.watch.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of the services on a unit that is given up as unhealthy, and of those who wait for them. */
class SharedUnitNextRunTest {
    private final SickBox sick = new SickBox();
    private final HouseHarness house = sick.house;

    @Test
    void unhealthyWhileNobodyAsks_nobodyElseUsesIt_isStoppedAndNotStarted() {
        sick.webAndAdmin();
        house.acquire("web").join().close();

        house.sick.add("web");
        house.advance(ofSeconds(31));

        assertThat(house.verbs).containsExactly("box START", "box STOP");
        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        assertThat(house.acquire("web")).isCompleted();
    }

    @Test
    void givenUpWhileOneWaitsForItsDependency_goesOnWithTheNextRun() {
        sick.webNeeds(new DependencyConfig("db", Condition.READY, false, false));
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
        sick.webAndApi();
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
    void wasNotReadyInTimeOnTheLastRun_hasItsWholeTimeOnTheNext() {
        sick.webAndApi();
        Lease web = house.acquire("web").join();
        house.sick.add("api");
        CompletableFuture<Lease> first = house.acquire("api");
        house.advance(ofSeconds(61));
        assertThat(reason(first).message()).startsWith("runs but was not ready");
        house.advance(ofSeconds(5));
        CompletableFuture<Lease> second = house.acquire("api");
        CompletableFuture<Lease> ofWeb = sick.complains("web", web);
        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(second).isCompleted();
        assertThat(ofWeb).isCompleted();
        house.sick.add("api");
        second.join().close();
        house.watcher("api").sleepNow();
        house.advance(ofMillis(1));
        CompletableFuture<Lease> third = house.acquire("api");

        house.sick.add("web");
        ofWeb.join().close();
        house.advance(ofSeconds(45));

        assertThat(house.status("web")).isEqualTo(Status.ERROR);
        assertThat(third).isNotDone();
        assertThat(house.verbs).containsExactly("box START", "box STOP", "box START");
    }

    @Test
    void givenUp_whatIsOptionalAndWasWaitedForInVain_isNotWaitedForAgain() {
        sick.webNeeds(new DependencyConfig("cache", Condition.READY, true, false));
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
