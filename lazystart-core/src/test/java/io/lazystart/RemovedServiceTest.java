// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.idle;
import static io.lazystart.ReloadHarness.plan;
import static io.lazystart.ReloadHarness.reason;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Services that a reload removes or renames, and hosts that close meanwhile. */
class RemovedServiceTest {
    private final ReloadHarness host = new ReloadHarness();

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
}
