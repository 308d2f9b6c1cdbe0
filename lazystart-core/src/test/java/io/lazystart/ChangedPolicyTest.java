// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.idle;
import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a reload changes of a service that keeps its unit. */
class ChangedPolicyTest {
    private final ReloadHarness host = new ReloadHarness();

    private static final Exit DIED = new Exit(3, false, List.of());

    @Test
    void unchanged_keepsStatusLeaseAndUnit() {
        host.load(plan().service("web", "one").service("other", "two"));
        Lease lease = host.acquire("web").join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);
        UnitWatcher watcher = host.watcher("web");

        host.load(plan().service("web", "one").service("more", "three"));

        assertThat(host.watcher("web")).isSameAs(watcher);
        assertThat(watcher.snapshot().leases()).isOne();
        assertThat(lost).isEmpty();
        assertThat(host.verbs).containsExactly("one START");
    }

    @Test
    void policy_shorterIdleTime_countsFromTheLastRelease() {
        host.load(plan().service("web", "one", idle(600)));
        host.acquire("web").join().close();
        host.time.advance(ofSeconds(5));

        host.load(plan().service("web", "one", idle(20)));
        host.time.advance(ofMillis(14_900));
        assertThat(host.status("web")).isEqualTo(Status.READY);
        host.time.advance(ofMillis(200));

        assertThat(host.status("web")).isEqualTo(Status.NAPPING);
        assertThat(host.verbs).containsExactly("one START", "one STOP");
    }

    @Test
    void policy_longerIdleTime_holdsAtOnce() {
        host.load(plan().service("web", "one", idle(20)));
        host.acquire("web").join().close();
        host.time.advance(ofSeconds(19));

        host.load(plan().service("web", "one", idle(60)));
        host.time.advance(ofSeconds(40));
        assertThat(host.status("web")).isEqualTo(Status.READY);
        host.time.advance(ofSeconds(2));

        assertThat(host.status("web")).isEqualTo(Status.NAPPING);
    }

    @Test
    void policy_idleTimeOfZero_theOpenLeaseIsTheLast() {
        host.load(plan().service("web", "one", idle(600)));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("web", "one", service -> service.idleTimeout(ZERO)));
        host.time.advance(ofMinutes(1));
        assertThat(host.status("web")).isEqualTo(Status.READY);
        lease.close();
        host.time.runDue();

        assertThat(host.status("web")).isEqualTo(Status.NAPPING);
    }

    @Test
    void policy_shorterWakeTimeout_theAttemptKeepsItsDeadline() {
        host.unit("one").willListen();
        host.load(plan().service("web", "one", service -> service.wakeTimeout(ofSeconds(60))));
        CompletableFuture<Lease> caller = host.acquire("web");
        host.time.advance(ofSeconds(10));

        host.load(plan().service("web", "one", service -> service.wakeTimeout(ofSeconds(5))));
        host.time.advance(ofSeconds(40));
        assertThat(caller).isNotDone();
        host.unit("one").listensOn(8080);
        host.time.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
    }

    @Test
    void policy_healthIsAsked_fromNowOn() {
        host.unit("one").listensOn(8080);
        host.load(plan().service("web", "one"));
        Lease lease = host.acquire("web").join();
        host.sick.add("web");
        host.time.advance(ofMinutes(5));
        assertThat(host.status("web")).isEqualTo(Status.READY);

        host.load(plan().service("web", "one", service -> service.health(HealthConfig.TCP)));
        host.time.advance(ofMinutes(2));

        assertThat(host.watcher("web").snapshot().reason().kind()).isEqualTo(Kind.UNHEALTHY);
        lease.close();
    }

    @Test
    void anotherDependency_isTakenBeforeTheFormerIsGivenBack_whileTheServiceIsReady() {
        host.load(plan().service("db", "one")
                .service("cache", "two")
                .service("web", "three", service -> service.dependsOn("db")));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("db", "one", idle(0))
                .service("cache", "two", idle(0))
                .service("web", "three", service -> service.dependsOn("cache")));
        host.time.runDue();

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(host.status("cache")).isEqualTo(Status.READY);
        assertThat(host.status("db")).isEqualTo(Status.NAPPING);
        assertThat(host.verbs).containsExactly("one START", "three START", "two START", "one STOP");
        lease.close();
    }

    @Test
    void sameDependency_inAnotherWay_isNotGivenBackInBetween() {
        host.load(plan().service("db", "one", idle(0)).service("web", "three", service -> service.dependsOn("db")));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("db", "one", idle(0))
                .service(
                        "web",
                        "three",
                        service -> service.dependsOn(
                                new DependencyConfig("db", DependencyConfig.Condition.READY, false, true))));
        host.time.advance(ofSeconds(1));

        assertThat(host.verbs).containsExactly("one START", "three START");
        lease.close();
    }

    @Test
    void newService_canBeDependedOnAtOnce() {
        host.load(plan().service("web", "three"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("db", "one").service("web", "three", service -> service.dependsOn("db")));

        assertThat(host.status("db")).isEqualTo(Status.READY);
        assertThat(host.watcher("db").snapshot().leases()).isOne();
        lease.close();
    }

    @Test
    void changedDependency_itsDependentTakesItAgain() {
        Consumer<ServiceConfigBuilder> drain =
                service -> service.stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), ofSeconds(30)));
        host.load(plan().service("db", "one", drain).service("web", "three", service -> service.dependsOn("db")));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("db", "two", drain).service("web", "three", service -> service.dependsOn("db")));
        host.time.advance(ofSeconds(40));

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(host.status("db")).isEqualTo(Status.READY);
        assertThat(host.verbs).containsExactly("one START", "three START", "one STOP", "two START");
        lease.close();
    }

    @Test
    void changedJob_isNotRunBesideItsDependent() {
        DependencyConfig edge = new DependencyConfig("migrate", DependencyConfig.Condition.COMPLETED, false, false);
        host.load(plan().service("migrate", "one", service -> {})
                .service("web", "three", service -> service.dependsOn(edge)));
        CompletableFuture<Lease> caller = host.acquire("web");
        host.unit("one").end(new Exit(0, false, List.of()));
        host.time.runDue();
        Lease lease = caller.join();

        host.load(plan().service("migrate", "two", service -> {})
                .service("web", "three", service -> service.dependsOn(edge)));
        host.time.advance(ofMinutes(5));

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(host.verbs).containsExactly("one START", "three START");
        lease.close();
        host.time.advance(ofMinutes(30));
        assertThat(host.acquire("web")).isNotDone();
        assertThat(host.verbs).endsWith("three STOP", "two START");
    }

    @Test
    void restartNever_whileItIsToBeRestartedByItself_startsNothingMore() {
        Consumer<ServiceConfigBuilder> always = service -> service.restart(ServiceConfig.Restart.ALWAYS);
        host.load(plan().service("web", "one", always));
        host.acquire("web").join();
        host.unit("one").end(DIED);
        host.time.advance(ofSeconds(1));
        host.unit("one").end(DIED);
        host.time.runDue();
        assertThat(host.status("web")).isEqualTo(Status.ERROR);
        int starts = host.unit("one").count(Call.START);

        host.load(plan().service("web", "one", service -> service.restart(ServiceConfig.Restart.NEVER)));
        host.time.advance(ofMinutes(10));

        assertThat(host.unit("one").count(Call.START)).isEqualTo(starts);
    }

    @Test
    void groupThatGetsAMember_isReadyWhenThatIs() {
        host.unit("two").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        host.load(plan().service("a", "one").service("b", "two").group("all", "a"));
        host.acquire("all").join().close();
        assertThat(host.status("all")).isEqualTo(Status.READY);

        host.load(plan().service("a", "one").service("b", "two").group("all", "a", "b"));
        CompletableFuture<Lease> caller = host.acquire("all");
        host.time.advance(ofSeconds(1));

        assertThat(caller).isCompletedExceptionally();
        assertThat(host.status("all")).isEqualTo(Status.ERROR);
    }

    @Test
    void dependencyThatBecomesOptional_isWaitedForNoLonger() {
        host.unit("one").willListen();
        host.load(plan().service("cache", "one")
                .service(
                        "web",
                        "two",
                        service -> service.wakeTimeout(ofSeconds(60)).dependsOn("cache")));
        CompletableFuture<Lease> caller = host.acquire("web");
        host.time.advance(ofSeconds(10));

        host.load(plan().service("cache", "one")
                .service(
                        "web",
                        "two",
                        service -> service.wakeTimeout(ofSeconds(60))
                                .dependsOn(
                                        new DependencyConfig("cache", DependencyConfig.Condition.READY, true, false))));
        host.time.advance(ofSeconds(31));

        assertThat(caller).isCompleted();
    }

    @Test
    void healthProbes_thatFailed_areNotForgottenByAChangeOfSomethingElse() {
        HealthConfig health = new HealthConfig(HealthConfig.TCP.probe(), ofSeconds(10), 3, 1);
        host.unit("one").listensOn(8080);
        host.load(plan().service("web", "one", service -> service.health(health)));
        Lease lease = host.acquire("web").join();
        host.sick.add("web");
        host.time.advance(ofSeconds(22));
        assertThat(host.watcher("web").snapshot().reason()).isNull();

        host.load(plan().service("web", "one", service -> service.health(health).holdTimeout(ofSeconds(7))));
        host.time.advance(ofSeconds(10));

        assertThat(host.watcher("web").snapshot().reason().kind()).isEqualTo(Kind.UNHEALTHY);
        lease.close();
    }
}
