// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of services when the configuration changes under them. */
class RegistryTest {
    private final ReloadHarness host = new ReloadHarness();

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
    void listenerOfTheHost_hearsOfAReloadOffItsLock() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join().close();
        List<Boolean> locked = new ArrayList<>();
        host.watcher("web").subscribe(event -> locked.add(host.registry.isLocked()), Runnable::run);

        host.load(plan().service("web", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(locked).hasSizeGreaterThan(2).containsOnly(false);
    }
}
