// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When nobody uses a unit any more, and that its provider is told. */
class ReleasedUnitsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String BOTH = "  one: {scripted: {}}\n  two: {scripted: {}}\n";

    private final ReloadHarness host = new ReloadHarness();
    private final ScriptedProvider provider = new ScriptedProvider().truthful();

    @TempDir
    private Path directory;

    @Test
    void removed_isReleasedOnceItSleeps() {
        host.load(plan().service("web", "one").service("other", "two"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("other", "two"));
        assertThat(host.released).isEmpty();
        lease.close();
        host.time.runDue();

        assertThat(host.released).containsExactly("one");
    }

    @Test
    void exchanged_isReleasedBeforeTheOtherOneIsTouched() {
        host.load(plan().service("web", "old"));
        host.acquire("web").join().close();
        CompletableFuture<Integer> releasedBefore = new CompletableFuture<>();
        host.unit("new").on(Call.STATUS, () -> releasedBefore.complete(host.released.size()));

        host.load(plan().service("web", "new"));
        host.time.runDue();

        assertThat(host.released).containsExactly("old");
        assertThat(releasedBefore).isCompletedWithValue(1);
    }

    @Test
    void takenOverByAnotherService_isNotReleased() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join().close();

        host.load(plan().service("api", "one"));
        host.time.runDue();

        assertThat(host.verbs).containsExactly("one START", "one STOP");
        assertThat(host.released).isEmpty();
    }

    @Test
    void shared_isReleasedWithItsLastService() {
        host.load(plan().service("web", "box").service("admin", "box").service("other", "two"));
        host.acquire("web").join().close();

        host.load(plan().service("admin", "box").service("other", "two"));
        host.time.advance(ofMinutes(30));
        assertThat(host.released).isEmpty();
        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(30));

        assertThat(host.released).containsExactly("box");
    }

    @Test
    void shared_leftAsItIs_isReleasedOnce() {
        host.load(plan().left("web", "box").left("admin", "box").service("other", "two"));
        host.acquire("web").join().close();

        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(30));

        assertThat(host.released).containsExactly("box");
    }

    @Test
    void shared_asleepAndLeftAsItIs_isReleasedOnce() {
        host.load(plan().left("web", "box").left("admin", "box").service("other", "two"));

        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(30));

        assertThat(host.released).containsExactly("box");
    }

    @Test
    void wantedForAWhileAndNeverTaken_isReleased() {
        host.load(plan().service("web", "one"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("web", "two"));
        assertThat(host.released).isEmpty();
        host.load(plan().service("web", "one"));

        assertThat(host.released).containsExactly("two");
        lease.close();
        host.time.advance(ofMinutes(30));
        assertThat(host.released).containsExactly("two");
    }

    @Test
    void removedBeforeItsUnitIsFree_unitIsReleasedByWhoHasIt() {
        host.load(plan().service("web", "one"));
        Lease lease = host.acquire("web").join();
        host.load(plan().service("api", "one"));

        host.load(plan().service("other", "two"));
        assertThat(host.released).isEmpty();
        lease.close();
        host.time.advance(ofMinutes(1));

        assertThat(host.released).containsExactly("one");
    }

    @Test
    void wantedAgainBeforeTheProviderIsTold_isNotReleased() {
        Holders holders = host.registry.holders();
        Rounds rounds = new Rounds(host.time, holders);
        Units units = new Units(
                Providers.of(List.of(provider), false),
                host.ticker,
                host.time,
                connection -> new ConnectionEvents(connection, holders, rounds));
        LazyStartConfig config = LazyStartConfig.of(
                directory,
                PortRange.DEFAULT,
                Limits.DEFAULT,
                Map.of(),
                Map.of("one", new ServiceConfigBuilder().unit("scripted", Map.of())));
        ServiceConfig service = config.services().get("one");
        units.unit(service, service.unit(), config);
        units.watch();
        units.settled(unit -> true);
        Units.Key one = new Units.Key("scripted", "one");

        units.released(one, unit -> true);
        assertThat(provider.released()).isEmpty();
        units.released(one, unit -> false);

        assertThat(provider.released()).containsExactly("one");
        units.close();
    }

    @Test
    void provider_isToldWhenAServiceHasGone() throws Exception {
        Path file = ConfigFiles.write(directory, BOTH);
        try (LazyStart lazy = LazyStart.builder().provider(provider).file(file).build()) {
            try (Lease lease = lazy.watcher("one").acquire(PATIENCE)) {
                ConfigFiles.write(directory, "  two: {scripted: {}}\n  three: {scripted: {}}\n");
                lazy.reload();

                assertThat(provider.released()).isEmpty();
            }

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(provider.released()).containsExactly("one"));
        }
        assertThat(provider.released()).containsExactly("one");
    }

    @Test
    void refusedReload_whatItAskedForIsReleased() throws Exception {
        Path file = ConfigFiles.write(directory, BOTH);
        try (LazyStart lazy = LazyStart.builder().provider(provider).file(file).build()) {
            ConfigFiles.write(directory, BOTH + "  three: {scripted: {}}\n  wrong: {scripted: {unknown: 1}}\n");

            assertThatThrownBy(lazy::reload)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("services.wrong.scripted.unknown");

            assertThat(provider.released()).containsExactlyInAnyOrder("three", "wrong");
        }
    }
}
