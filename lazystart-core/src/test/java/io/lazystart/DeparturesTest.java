// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import io.lazystart.watch.LifeEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of units that leave since the configuration has changed, and of those who have to do with them. */
class DeparturesTest {
    private final ReloadHarness host = new ReloadHarness();

    private static Consumer<ServiceConfigBuilder> drain(Duration drain, String... dependencies) {
        StopConfig stop = new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), drain);
        return service -> service.dependsOn(dependencies).stop(stop);
    }

    private static ReloadHarness.Plan house() {
        return plan().service("db", "one", drain(ofSeconds(1)))
                .service("api", "two", drain(ofSeconds(2), "db"))
                .service("web", "three", drain(ofMinutes(5), "api"));
    }

    @Test
    void changedTogether_whatOthersDependOnWaitsForThemHoweverLongTheyDrain() {
        host.load(house());
        Lease lease = host.acquire("web").join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);
        host.verbs.clear();

        host.version = 2;
        host.load(house());
        host.time.advance(ofMinutes(4));

        assertThat(host.verbs).isEmpty();
        assertThat(lost).isEmpty();
        assertThat(host.status("db")).isEqualTo(Status.STOPPING);

        lease.close();
        host.time.advance(ofSeconds(1));
        assertThat(host.verbs).containsExactly("three STOP", "two STOP", "one STOP");
        host.acquire("web").join().close();
        assertThat(host.verbs.subList(3, 6)).containsExactly("one2 START", "two2 START", "three2 START");
    }

    @Test
    void changedTogether_dependentThatNeverLetsGo_isCutFirst() {
        host.load(house());
        List<String> lost = new ArrayList<>();
        host.acquire("web").join().onLost(reason -> lost.add("web"));
        host.verbs.clear();

        host.version = 2;
        host.load(house());
        host.time.advance(ofMinutes(5).plusSeconds(1));

        assertThat(lost).containsExactly("web");
        assertThat(host.verbs).containsExactly("three STOP", "two STOP", "one STOP");
    }

    @Test
    void changedAlone_isDrainedForItsOwnTime() {
        host.load(house());
        host.acquire("web").join();
        host.verbs.clear();

        host.load(plan().service("db", "other", drain(ofSeconds(1)))
                .service("api", "two", drain(ofSeconds(2), "db"))
                .service("web", "three", drain(ofMinutes(5), "api")));
        host.time.advance(ofSeconds(2));

        assertThat(host.verbs).contains("one STOP");
    }

    @Test
    void removedTogether_whatOthersDependOnDies_itsDependentGoesOnWithoutIt() {
        host.load(house());
        Lease lease = host.acquire("web").join();
        host.load(plan().service("other", "four"));

        host.unit("one").end(new Exit(3, false, List.of()));
        host.time.advance(ofMinutes(4));
        lease.close();
        host.time.advance(ofSeconds(1));

        assertThat(host.verbs).containsOnlyOnce("one START").contains("two STOP", "three STOP");
        assertThat(host.forgotten).contains("db", "api", "web");
    }

    @Test
    void removed_onWhichAChangedServiceStillDepends_goesAfterIt() {
        host.load(plan().service("db", "one", drain(ZERO)).service("web", "two", drain(ofMinutes(5), "db")));
        Lease lease = host.acquire("web").join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);
        host.verbs.clear();

        host.load(plan().service("web", "three", drain(ofMinutes(5))));
        host.time.advance(ofMinutes(4));
        assertThat(host.verbs).isEmpty();
        assertThat(lost).isEmpty();

        lease.close();
        host.time.advance(ofSeconds(1));
        assertThat(host.verbs).containsExactly("two STOP", "one STOP");
    }

    @Test
    void removed_betweenTwoThatChange_nobodyLosesWhatItStillNeeds() {
        host.load(plan().service("db", "one", drain(ofMinutes(5)))
                .service("api", "two", drain(ofMinutes(5), "db"))
                .service("web", "three", drain(ofMinutes(5), "api")));
        List<String> lost = new ArrayList<>();
        host.acquire("web").join().onLost(reason -> lost.add("web"));
        host.acquire("api").join().onLost(reason -> lost.add("api"));
        host.verbs.clear();

        host.load(plan().service("db", "other", drain(ofMinutes(5))).service("web", "four", drain(ofMinutes(5))));
        host.time.advance(ofMinutes(5).minusSeconds(1));
        assertThat(lost).isEmpty();
        assertThat(host.verbs).isEmpty();
        host.time.advance(ofMinutes(30));

        assertThat(lost).containsExactly("web", "api");
        assertThat(host.verbs).containsExactly("three STOP", "two STOP", "one STOP");
    }

    @Test
    void changedTogether_dependentWhoseDrainNeverEnds_isWaitedFor() {
        host.load(plan().service("db", "one", drain(ofSeconds(1)))
                .service("web", "two", drain(ServiceConfig.NEVER, "db")));
        Lease lease = host.acquire("web").join();
        host.verbs.clear();

        host.version = 2;
        host.load(plan().service("db", "one", drain(ofSeconds(1)))
                .service("web", "two", drain(ServiceConfig.NEVER, "db")));
        host.time.advance(ofDays(1_000));
        assertThat(host.verbs).isEmpty();
        lease.close();
        host.time.advance(ofSeconds(1));

        assertThat(host.verbs).containsExactly("two STOP", "one STOP");
    }

    private static ReloadHarness.Plan chain(int length) {
        ReloadHarness.Plan chain = plan();
        for (int i = 0; i < length; i++) {
            String[] next = i == 0 ? new String[0] : new String[] {"s" + (i - 1)};
            chain.service("s" + i, "u" + i, drain(ofMinutes(5), next));
        }
        return chain;
    }

    @Test
    void changedAndThenRemovedTogether_aLongChain_goesInItsOrder() {
        int length = 20_000;
        host.load(chain(length));

        host.version = 2;
        host.load(chain(length));
        assertThat(host.status("s0")).isEqualTo(Status.NAPPING);
        host.load(plan().service("other", "one"));

        assertThat(host.forgotten).hasSize(length);
        assertThat(host.registry.entries()).containsOnlyKeys("other");
    }

    @Test
    void removedWhileItWaitsForAnotherUnit_isGoneAtOnce() {
        host.load(plan().service("web", "one").service("api", "two"));
        Lease lease = host.acquire("web").join();
        host.load(plan().service("web", "one").service("api", "one").service("job", "one"));
        host.load(plan().service("web", "one"));

        assertThat(host.forgotten).contains("api", "job");
        lease.close();
    }

    @Test
    void removed_isForgottenOnceItIsOver_unlessItIsThereAgain() {
        host.load(plan().service("web", "one").service("api", "two"));
        Lease web = host.acquire("web").join();
        Lease api = host.acquire("api").join();

        host.load(plan().service("other", "three"));
        host.load(plan().service("api", "two"));
        assertThat(host.forgotten).containsExactly("other");
        web.close();
        api.close();
        host.time.advance(ofSeconds(1));

        assertThat(host.forgotten).containsExactly("other", "web");
    }

    private static void fragile(ServiceConfigBuilder service) {
        service.backoff(new BackoffConfig(ofSeconds(1), ofSeconds(1), ofSeconds(1), 1));
    }

    private void fail(String unit, String service) {
        host.unit(unit).on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(host.acquire(service)).isCompletedExceptionally();
    }

    @Test
    void removedWithItsCircuitOpen_theAlertIsOver() {
        host.load(plan().service("web", "one", DeparturesTest::fragile));
        fail("one", "web");
        assertThat(host.alerts).containsExactly("opened web");

        host.load(plan().service("other", "two"));

        assertThat(host.alerts).containsExactly("opened web", "closed web");
    }

    @Test
    void sharedUnitWithItsCircuitOpen_whoComesAndWhoGoesIsTold() {
        host.load(plan().service("web", "one", DeparturesTest::fragile).service("api", "one", DeparturesTest::fragile));
        fail("one", "web");
        assertThat(host.alerts).contains("opened web", "opened api");
        host.alerts.clear();

        host.load(plan().service("web", "one", DeparturesTest::fragile)
                .service("api", "one", DeparturesTest::fragile)
                .service("job", "one", DeparturesTest::fragile));
        assertThat(host.alerts).containsExactly("opened job");

        host.load(plan().service("job", "one", DeparturesTest::fragile).service("api", "one", DeparturesTest::fragile));
        assertThat(host.alerts).contains("closed web").doesNotContain("closed api", "closed job");

        host.load(plan().service("other", "two"));
        assertThat(host.alerts).contains("closed api", "closed job");
    }

    @Test
    void removedAndLeft_itsHistorySaysWhy() {
        host.load(plan().left("web", "one"));
        host.unit("one").willListen();
        CompletableFuture<Lease> caller = host.acquire("web");
        UnitWatcher watcher = host.watcher("web");

        host.load(plan().service("other", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(caller).isCompletedExceptionally();
        assertThat(watcher.history()).singleElement().satisfies(wake -> {
            assertThat(wake.kind()).isEqualTo(LifeEntry.Kind.WAKE);
            assertThat(wake.outcome()).isEqualTo(LifeEntry.Outcome.CUT_SHORT);
            assertThat(wake.endedBy().detail()).isEqualTo("removed from the configuration");
        });
    }
}
