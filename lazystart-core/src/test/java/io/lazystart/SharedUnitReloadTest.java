// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.idle;
import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Health;
import io.lazystart.provider.UnitEvent;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Units that several services use, while services come and go. */
class SharedUnitReloadTest {
    private final ReloadHarness host = new ReloadHarness();

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
    void readyByTheProvider_eachOfThemIsServedTheMomentItTellsOfAChange() {
        Consumer<ServiceConfigBuilder> asksProvider = service -> service.ready(ReadyConfig.PROVIDER);
        host.load(plan().service("web", "box", asksProvider).service("admin", "box", asksProvider));
        host.unit("box").health(Health.STARTING);
        CompletableFuture<Lease> web = host.acquire("web");
        CompletableFuture<Lease> admin = host.acquire("admin");
        host.time.advance(ofMillis(2_300));
        assertThat(web).isNotDone();

        host.unit("box").health(Health.HEALTHY);
        host.unit("box").tell(UnitEvent.Kind.CHANGED, null, null);
        host.time.runDue();

        assertThat(web).isCompleted();
        assertThat(admin).isCompleted();
    }

    @Test
    void oneIsNotReadyByItsOwnRule_theOtherIsServedAllTheSame() {
        host.load(plan().service("web", "box", service -> service.ready(ReadyConfig.PROVIDER))
                .service("admin", "box"));
        host.unit("box").health(Health.STARTING);

        CompletableFuture<Lease> web = host.acquire("web");

        assertThat(host.acquire("admin")).isCompleted();
        assertThat(web).isNotDone();
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
        assertThat(host.registry.holders().of(new Units.Key("scripted", "box")).watcher())
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
        assertThat(host.registry.holders().of(new Units.Key("scripted", "box"))).isNull();
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
}
