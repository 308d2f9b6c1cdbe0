// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

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
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.failure.WakeException;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of services when the configuration changes under them. */
class RegistryTest {
    private final ReloadHarness host = new ReloadHarness();

    private static Reason reason(CompletableFuture<Lease> caller) {
        return caller.handle((lease, failure) -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    return ((WakeException) cause).reason();
                })
                .join();
    }

    private static final Exit DIED = new Exit(3, false, List.of());

    private static Consumer<ServiceConfigBuilder> idle(int seconds) {
        return service -> service.idleTimeout(ofSeconds(seconds));
    }

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
    void anotherUnit_asleep_theNextWakeStartsIt() {
        host.load(plan().service("web", "one"));
        UnitWatcher watcher = host.watcher("web");

        host.load(plan().service("web", "two"));

        assertThat(host.acquire(watcher)).isCompleted();
        assertThat(host.verbs).containsExactly("two START");
    }

    @Test
    void anotherUnit_thatRuns_isAdopted() {
        host.load(plan().service("web", "one"));
        host.unit("two").startOutside();

        host.load(plan().service("web", "two"));

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(host.verbs).isEmpty();
    }

    @Test
    void anotherUnit_inUse_drainsTheOldOne_andServesThoseWhoCameMeanwhileByTheNew() {
        host.load(plan().service("web", "one"));
        Lease open = host.acquire("web").join();

        host.load(plan().service("web", "two"));
        CompletableFuture<Lease> caller = host.acquire("web");
        host.time.advance(ofSeconds(5));
        assertThat(caller).isNotDone();
        assertThat(host.verbs).containsExactly("one START");
        open.close();
        host.time.runDue();

        assertThat(caller).isCompleted();
        assertThat(host.verbs).containsExactly("one START", "one STOP", "two START");
        assertThat(host.unit("two").count(Call.STOP)).isZero();
    }

    @Test
    void anotherUnit_leaseThatDoesNotEnd_isLostWhenTheDrainIsOver() {
        Consumer<ServiceConfigBuilder> drain =
                service -> service.stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), ofSeconds(30)));
        host.load(plan().service("web", "one", drain));
        List<Reason> lost = new ArrayList<>();
        host.acquire("web").join().onLost(lost::add);

        host.load(plan().service("web", "two", drain));
        host.time.advance(ofSeconds(31));

        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.REPLACED);
        assertThat(host.verbs).containsExactly("one START", "one STOP");
    }

    @Test
    void anotherUnit_whileStarting_theCallerIsServedByTheNew() {
        host.unit("one").willListen();
        host.load(plan().service("web", "one"));
        CompletableFuture<Lease> caller = host.acquire("web");
        host.time.advance(ofSeconds(1));

        host.load(plan().service("web", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(host.verbs).containsExactly("one START", "one STOP", "two START");
    }

    @Test
    void anotherUnit_ofAServiceThatFailed_isTriedAtOnce() {
        host.unit("one").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        host.load(plan().service("web", "one"));
        assertThat(host.acquire("web")).isCompletedExceptionally();
        assertThat(host.acquire("web")).isCompletedExceptionally();

        host.load(plan().service("web", "two"));

        assertThat(host.acquire("web")).isCompleted();
    }

    @Test
    void anotherUnit_andBackAgain_whileTheOldDrains() {
        host.load(plan().service("web", "one"));
        Lease open = host.acquire("web").join();
        host.load(plan().service("web", "two"));
        CompletableFuture<Lease> caller = host.acquire("web");

        host.load(plan().service("web", "one"));
        open.close();
        host.time.runDue();

        assertThat(caller).isCompleted();
        assertThat(host.verbs).containsExactly("one START", "one STOP", "one START");
    }

    @Test
    void pausedUnit_isStoppedBeforeAnotherTakesItsPlace() {
        Consumer<ServiceConfigBuilder> pause = service -> service.idleTimeout(ofSeconds(10))
                .stop(new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(30)));
        host.load(plan().service("web", "one", pause));
        host.acquire("web").join().close();
        host.time.advance(ofSeconds(11));
        assertThat(host.verbs).containsExactly("one START", "one PAUSE");

        host.load(plan().service("web", "two", pause));

        assertThat(host.verbs).containsExactly("one START", "one PAUSE", "one STOP");
    }

    @Test
    void unitsExchanged_neitherIsStartedBeforeItIsFree() {
        host.load(plan().service("a", "one").service("b", "two"));
        Lease a = host.acquire("a").join();
        Lease b = host.acquire("b").join();

        host.load(plan().service("a", "two").service("b", "one"));
        CompletableFuture<Lease> waiting = host.acquire("a");
        a.close();
        host.time.runDue();
        assertThat(waiting).isNotDone();
        b.close();
        host.time.runDue();

        assertThat(waiting).isCompleted();
        assertThat(host.verbs).containsExactly("one START", "two START", "one STOP", "two STOP", "two START");
    }

    @Test
    void removed_waiterIsToldSo_andTheUnitIsStopped() {
        host.unit("one").willListen();
        host.load(plan().service("web", "one").service("other", "two"));
        CompletableFuture<Lease> caller = host.acquire("web");
        UnitWatcher watcher = host.watcher("web");

        host.load(plan().service("other", "two"));

        assertThat(reason(caller).kind()).isEqualTo(Kind.REMOVED);
        assertThat(reason(host.acquire(watcher)).message()).isEqualTo("the service was removed from the configuration");
        assertThat(host.verbs).containsExactly("one START", "one STOP");
        assertThat(host.registry.entries()).containsOnlyKeys("other");
    }

    @Test
    void removed_inUse_isStoppedWhenTheLastLeaseIsClosed() {
        host.load(plan().service("web", "one").service("other", "two"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("other", "two"));
        host.time.advance(ofSeconds(20));
        assertThat(host.verbs).containsExactly("one START");
        lease.close();
        host.time.runDue();

        assertThat(host.verbs).containsExactly("one START", "one STOP");
    }

    @Test
    void removed_thatIsLeftOnClose_goesOnForThoseWhoUseIt() {
        host.load(plan().left("web", "one").service("other", "two"));
        List<Reason> lost = new ArrayList<>();
        host.acquire("web").join().onLost(lost::add);

        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(30));

        assertThat(lost).isEmpty();
        assertThat(host.verbs).containsExactly("one START");
    }

    @Test
    void removed_andBackAgain_waitsUntilTheUnitIsFree() {
        host.load(plan().service("web", "one").service("other", "two"));
        Lease lease = host.acquire("web").join();
        host.load(plan().service("other", "two"));

        host.load(plan().service("web", "one").service("other", "two"));
        CompletableFuture<Lease> caller = host.acquire("web");
        assertThat(caller).isNotDone();
        lease.close();
        host.time.runDue();

        assertThat(caller).isCompleted();
        assertThat(host.verbs).containsExactly("one START", "one STOP", "one START");
    }

    @Test
    void renamed_thatIsLeftOnClose_isAdoptedByTheNewName() {
        host.load(plan().left("old", "one"));
        host.acquire("old").join().close();

        host.load(plan().left("new", "one"));

        assertThat(host.status("new")).isEqualTo(Status.READY);
        assertThat(host.verbs).containsExactly("one START");
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
    void removedDependency_sleepsAfterWhatUsedItHasLetGo() {
        host.load(plan().service("db", "one").service("web", "three", service -> service.dependsOn("db")));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("web", "three"));
        host.time.runDue();

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(host.verbs).containsExactly("one START", "three START", "one STOP");
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
    void secondUserOfAUnit_bothShareItOnceItHasSlept() {
        host.load(plan().service("web", "box"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("web", "box").service("admin", "box"));
        CompletableFuture<Lease> admin = host.acquire("admin");
        assertThat(admin).isNotDone();
        lease.close();
        host.time.advance(ofSeconds(1));

        assertThat(admin).isCompleted();
        assertThat(host.acquire("web")).isCompleted();
        assertThat(host.verbs).containsExactly("box START", "box STOP", "box START");
    }

    @Test
    void thirdUserOfAUnit_disturbsNobody() {
        host.load(plan().service("web", "box").service("admin", "box"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("web", "box").service("admin", "box").service("api", "box"));

        assertThat(host.acquire("api")).isCompleted();
        assertThat(host.verbs).containsExactly("box START");
        lease.close();
    }

    @Test
    void lastButOneUserOfAUnit_leaves_theOtherHasItAlone() {
        host.load(plan().service("web", "box", idle(0)).service("admin", "box", idle(0)));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("web", "box", idle(0)));
        lease.close();
        host.time.advance(ofSeconds(1));
        assertThat(host.acquire("web")).isCompleted();

        assertThat(host.verbs).containsExactly("box START", "box STOP", "box START");
        assertThat(host.registry.holders().watcher(new Units.Key("scripted", "box")))
                .isSameAs(host.watcher("web"));
    }

    @Test
    void allUsersOfAUnit_leave_itIsStoppedOnce() {
        host.load(plan().service("web", "box").service("admin", "box").service("other", "two"));
        host.acquire("web").join().close();
        host.acquire("admin").join().close();

        host.load(plan().service("other", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(host.verbs).containsExactly("box START", "box STOP");
        assertThat(host.registry.holders().watcher(new Units.Key("scripted", "box")))
                .isNull();
    }

    @Test
    void hostCloses_whileAServiceWaitsForItsUnit() {
        host.load(plan().service("web", "one").service("other", "two"));
        Lease lease = host.acquire("web").join();
        host.load(plan().service("web", "three").service("other", "one"));
        CompletableFuture<Lease> waiting = host.acquire("other");

        CompletableFuture<Void> closed = host.registry.close();
        host.time.runDue();

        assertThat(closed).isDone();
        assertThat(reason(waiting).kind()).isEqualTo(Kind.CLOSING);
        assertThat(host.verbs).containsExactly("one START", "one STOP");
        lease.close();
    }

    @Test
    void hostCloses_whileARemovedServiceIsInUse() {
        host.load(plan().service("web", "one").service("other", "two"));
        host.acquire("web").join();
        host.load(plan().service("other", "two"));

        CompletableFuture<Void> closed = host.registry.close();
        host.time.runDue();

        assertThat(closed).isDone();
        assertThat(host.verbs).containsExactly("one START", "one STOP");
    }

    @Test
    void removed_andBackAgain_sleepsByItsIdleTime() {
        host.load(plan().service("web", "one", idle(20)).service("other", "two"));
        host.acquire("web").join().close();
        host.load(plan().service("other", "two"));
        host.load(plan().service("web", "one", idle(20)).service("other", "two"));

        host.acquire("web").join().close();
        host.time.advance(ofSeconds(21));

        assertThat(host.status("web")).isEqualTo(Status.NAPPING);
        assertThat(host.verbs).containsExactly("one START", "one STOP", "one START", "one STOP");
    }

    @Test
    void anotherUnit_whoListensHearsOfTheNewOne() {
        RecordingListener listener = new RecordingListener();
        host.load(plan().service("web", "one"));
        host.watcher("web").subscribe(listener, host.time);
        host.acquire("web").join().close();

        host.load(plan().service("web", "two"));
        host.acquire("web").join().close();

        assertThat(listener.types().stream().filter(WakeEvent.Type.READY::equals))
                .hasSize(2);
    }

    @Test
    void removed_whileStarting_whoListensHearsThatItIsOver() {
        RecordingListener listener = new RecordingListener();
        host.unit("one").willListen();
        host.load(plan().service("web", "one").service("other", "two"));
        host.watcher("web").subscribe(listener, host.time);
        CompletableFuture<Lease> caller = host.acquire("web");

        host.load(plan().service("other", "two"));

        assertThat(caller).isDone();
        assertThat(listener.types()).endsWith(WakeEvent.Type.NAPPING);
    }

    @Test
    void renamed_thatIsLeft_whileItsStopIsInFlight_theNewNameWaitsForIt() {
        host.load(plan().left("old", "one"));
        host.acquire("old").join().close();
        host.slow = true;
        host.watcher("old").sleep();
        host.time.runDue();

        host.load(plan().left("new", "one"));
        CompletableFuture<Lease> caller = host.acquire("new");
        assertThat(host.status("new")).isEqualTo(Status.STOPPING);
        host.runHung();
        host.time.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(host.verbs).containsExactly("one START", "one STOP", "one START");
    }

    @Test
    void removed_thatIsLeft_ofAUnitThatOthersUse_keepsItForThoseWhoUseIt() {
        host.load(plan().left("web", "box").left("admin", "box").left("api", "box"));
        Lease lease = host.acquire("web").join();

        host.load(plan().left("admin", "box").left("api", "box"));
        host.time.advance(ofSeconds(5));
        assertThat(host.verbs).containsExactly("box START");
        lease.close();
        host.time.advance(ofSeconds(5));

        assertThat(host.verbs).containsExactly("box START", "box STOP");
    }

    @Test
    void removedTogether_whatOthersDependOnGoesLast() {
        Consumer<ServiceConfigBuilder> drain =
                service -> service.stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), ofSeconds(30)));
        host.load(plan().service("db", "one", drain)
                .service(
                        "web",
                        "two",
                        service -> service.dependsOn("db")
                                .stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), ofMinutes(5)))));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("other", "three"));
        host.time.advance(ofSeconds(60));
        assertThat(host.verbs).containsExactly("one START", "two START");
        lease.close();
        host.time.advance(ofSeconds(1));

        assertThat(host.verbs).containsExactly("one START", "two START", "two STOP", "one STOP");
    }

    @Test
    void hostCloses_whileARemovedServiceTakesItsTimeToStop_itIsKilled() {
        host.load(plan().service(
                        "web",
                        "one",
                        service -> service.stop(
                                new StopConfig(StopConfig.Method.STOP, null, ofSeconds(60), ofSeconds(30))))
                .service("other", "two"));
        host.acquire("web").join().close();
        host.slow = true;
        host.load(plan().service("other", "two"));

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofSeconds(21));
        host.runHung();
        host.time.advance(ofSeconds(9));

        assertThat(closed).isDone();
        assertThat(host.verbs).contains("one KILL");
    }

    @Test
    void removed_whoListensHearsThatItIsOver_alsoWhereTheUnitIsLeft() {
        host.load(plan().left("web", "one").service("other", "two"));
        host.acquire("web").join().close();
        RecordingListener heard = new RecordingListener();
        host.watcher("web").subscribe(heard, Runnable::run);

        host.load(plan().service("other", "two"));

        assertThat(heard.types()).endsWith(WakeEvent.Type.NAPPING);
    }

    @Test
    void removedWithItsSharedUnit_aWatcherThatIsKeptGoesOnAnswering() {
        host.load(plan().service("web", "box").service("admin", "box").service("other", "two"));
        UnitWatcher web = host.watcher("web");
        host.acquire("web").join().close();

        host.load(plan().service("other", "two"));
        host.time.advance(ofSeconds(5));

        assertThat(web.snapshot().reason().kind()).isEqualTo(Kind.REMOVED);
        assertThat(web.check().toCompletableFuture()).isNotCompletedExceptionally();
    }

    @Test
    void anotherUnit_thatIsNotFreeYet_theFormersBackOffStandsAgainstNobody() {
        host.unit("one").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        host.load(plan().service("web", "one").service("other", "two"));
        assertThat(host.acquire("web")).isCompletedExceptionally();
        Lease lease = host.acquire("other").join();

        host.load(plan().service("web", "two").service("other", "three"));
        CompletableFuture<Lease> caller = host.acquire("web");
        assertThat(caller).isNotDone();
        assertThat(host.watcher("web").snapshot().retryAfter()).isNull();
        lease.close();
        host.time.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
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
    void changedSettingsOfASharedUnit_areThoseItIsStartedWith() {
        host.load(plan().service("web", "box").service("admin", "box"));
        host.acquire("web").join().close();
        host.acquire("admin").join().close();

        host.version = 2;
        host.load(plan().service("web", "box").service("admin", "box"));
        host.time.advance(ofSeconds(1));
        host.acquire("web").join().close();

        assertThat(host.verbs).containsExactly("box START", "box STOP", "box2 START");
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
    void listenerOfTheHost_hearsOfAReloadOffItsLock() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join().close();
        List<Boolean> locked = new ArrayList<>();
        host.watcher("web").subscribe(event -> locked.add(host.registry.isLocked()), Runnable::run);

        host.load(plan().service("web", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(locked).hasSizeGreaterThan(2).containsOnly(false);
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
