// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.watch.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which providers a host finds, and what they and it refuse. */
class ProvidersOfAHostTest {
    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider();

    private LazyStartBuilder builder() {
        return LazyStart.builder().stateDirectory(directory).provider(provider);
    }

    @Test
    void validator_refuses_nothingIsOpened() {
        LazyStartBuilder builder = builder()
                .service("notes", s -> s.unit("scripted", Map.of()))
                .validator(config -> {
                    throw new ConfigException("services.notes", "not here (expected: elsewhere)");
                });

        assertThatThrownBy(builder::build).hasMessage("services.notes: not here (expected: elsewhere)");
        assertThatThrownBy(builder::check).hasMessage("services.notes: not here (expected: elsewhere)");
        assertThat(provider.isClosed()).isFalse();
    }

    @Test
    void eventStreamCannotBeOpened_providerIsClosedAgain() {
        ScriptedProvider deaf = new ScriptedProvider(new IllegalStateException("socket: no such file"));
        LazyStartBuilder builder = LazyStart.builder()
                .stateDirectory(directory)
                .provider(deaf)
                .service("notes", s -> s.unit("scripted", Map.of()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(LazyStartException.class)
                .hasMessageContaining("provider scripted")
                .hasMessageContaining("socket: no such file");
        assertThat(deaf.isClosed()).isTrue();
    }

    @Test
    void unknownService_isRefusedWithNearNames() {
        try (LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {

            assertThatThrownBy(() -> lazyStart.watcher("note"))
                    .isInstanceOf(LazyStartException.class)
                    .hasMessage("service: note (did you mean: notes)");
        }
    }

    @Test
    void unknownType_isRefusedWithWhatWasFoundAndTheArtifactToAdd() {
        LazyStartBuilder builder = builder().service("notes", s -> s.unit("docker", Map.of()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("services.notes.docker: no provider of this type")
                .hasMessageContaining("process, scripted")
                .hasMessageContaining("add io.lazystart:lazystart-docker");
    }

    @Test
    void twoClassesOfOneType_areRefusedNamingBoth() {
        LazyStartBuilder builder = builder().provider(new OtherScripted());

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(ScriptedProvider.class.getName())
                .hasMessageContaining(OtherScripted.class.getName());
    }

    @Test
    void typeWithCapitals_isRefused() {
        LazyStartBuilder builder = LazyStart.builder().provider(new OtherScripted() {
            @Override
            public String type() {
                return "Scripted";
            }
        });

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected: lower-case letters");
    }

    @Test
    void brokenProviderOnTheClassPath_doesNotHideTheOthers() throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(ProviderFactory.class.getName()), "no.such.Factory\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (java.net.URLClassLoader broken = new java.net.URLClassLoader(
                new java.net.URL[] {directory.toUri().toURL()}, before)) {
            thread.setContextClassLoader(broken);

            Providers found = Providers.of(List.of(), true);

            assertThat(found.types()).contains("process");
            assertThatThrownBy(() -> found.factory("notes", "docker")).hasMessageContaining("no.such.Factory");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void providerOfANewerRuntime_doesNotHideTheOthers() throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(ProviderFactory.class.getName()), "Newer\n");
        byte[] newer = {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0x7F, (byte) 0xFF, 0, 1};
        Files.write(directory.resolve("Newer.class"), newer);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (java.net.URLClassLoader broken = new java.net.URLClassLoader(
                new java.net.URL[] {directory.toUri().toURL()}, before)) {
            thread.setContextClassLoader(broken);

            assertThat(Providers.of(List.of(), true).types()).contains("process");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void withoutDiscovery_onlyHandedOverTypesAreThere() {
        assertThat(Providers.of(List.of(provider), false).types()).containsExactly("scripted");
    }

    @Test
    void readyByTheProviderWithoutTheCapability_isRefusedWhenRead() {
        LazyStartBuilder builder = LazyStart.builder()
                .stateDirectory(directory)
                .provider(new OtherScripted())
                .service("notes", s -> s.unit("scripted", Map.of()).ready(ReadyConfig.PROVIDER));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("services.notes.ready: provider (expected: tcp or http;");
    }

    @Test
    void healthByTheProviderWithoutTheCapability_isRefusedWhenRead() {
        HealthConfig health = new HealthConfig(ReadyConfig.TCP.orProvider(), Duration.ofSeconds(1), 1, 1);
        LazyStartBuilder builder = LazyStart.builder()
                .stateDirectory(directory)
                .provider(new OtherScripted())
                .service("notes", s -> s.unit("scripted", Map.of()).health(health));

        assertThatThrownBy(builder::build)
                .hasMessageStartingWith("services.notes.health: provider (expected: tcp or http;");
    }

    @Test
    void pauseWithoutTheCapability_isRefusedWhenRead() {
        LazyStartBuilder builder = LazyStart.builder()
                .stateDirectory(directory)
                .provider(new OtherScripted())
                .service(
                        "notes",
                        s -> s.unit("scripted", Map.of())
                                .stop(new StopConfig(
                                        StopConfig.Method.PAUSE, null, Duration.ofSeconds(1), Duration.ofSeconds(1))));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("services.notes.stop.method: pause (expected: stop or kill");
    }

    @Test
    void busyCpuWithoutTheCapability_isRefusedWhenRead() {
        assertThatThrownBy(() -> LazyStart.builder()
                        .stateDirectory(directory)
                        .discoverProviders(false)
                        .provider(new OtherScripted())
                        .service("notes", s -> s.unit("scripted", Map.of()).busyCpu(20))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services.notes.busy-cpu: 20% (expected: none; provider scripted does not know the processes"
                                + " of its units)");
    }

    @Test
    void sameNameTwice_isRefused() {
        LazyStartBuilder builder = builder().service("notes", s -> s.unit("scripted", Map.of()));

        assertThatThrownBy(() -> builder.service("notes", s -> s.unit("scripted", Map.of())))
                .hasMessage("services.notes: given twice (expected: each name once)");
    }

    @Test
    void optionTwice_isRefused() {
        LazyStartBuilder builder = builder();

        assertThatThrownBy(() -> builder.stateDirectory(directory)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void providerRefusesASetting_theMessageSaysFileAndLine() throws Exception {
        Path file = directory.resolve("gateway.yaml");
        Files.writeString(file, "services:\n  notes:\n    process:\n      command: []\n");

        assertThatThrownBy(() -> LazyStart.from(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("gateway.yaml:4")
                .hasMessageContaining("services.notes.process.command");
    }

    /** A second class that claims the type {@code scripted}, and can do nothing beyond start and stop. */
    private static class OtherScripted implements ProviderFactory {
        @Override
        public String type() {
            return "scripted";
        }

        @Override
        public Provider create(ProviderContext context) {
            return new Provider() {
                @Override
                public Set<io.lazystart.provider.Capability> capabilities() {
                    return Set.of();
                }

                @Override
                public io.lazystart.provider.Unit unit(String service, io.lazystart.provider.Settings settings) {
                    return new ScriptedProvider().unit(service);
                }

                @Override
                public void close() {}
            };
        }
    }

    /** Opens a second scripted provider under another name. */
    private record Another(ScriptedProvider units) implements ProviderFactory {
        @Override
        public String type() {
            return "another";
        }

        @Override
        public Provider create(ProviderContext context) {
            return units.create(context);
        }
    }

    @Test
    void unitsOfOneNameOfTwoProviders_areTwoUnits() throws Exception {
        ScriptedProvider other = new ScriptedProvider();
        try (LazyStart lazyStart = builder()
                .provider(new Another(other))
                .service("web", s -> s.unit("scripted", Map.of("unit", "box")).onClose(OnClose.STOP))
                .service("api", s -> s.unit("another", Map.of("unit", "box")).onClose(OnClose.STOP))
                .build()) {
            lazyStart.watcher("web").acquire(Duration.ofSeconds(10)).close();
            assertThat(other.unit("box").calls()).isEmpty();

            lazyStart.watcher("api").acquire(Duration.ofSeconds(10)).close();
            other.unit("box").become(UnitStatus.State.STOPPED);
            other.resync();
            lazyStart.watcher("api").check().toCompletableFuture().get(10, TimeUnit.SECONDS);

            assertThat(lazyStart.watcher("api").snapshot().status()).isEqualTo(Status.NAPPING);
            assertThat(lazyStart.watcher("web").snapshot().status()).isEqualTo(Status.READY);
        }
        assertThat(provider.unit("box").calls()).containsExactly(Call.START, Call.STOP);
        assertThat(other.unit("box").calls()).containsExactly(Call.START);
    }

    /** Falls when a service goes to sleep. */
    private static CountDownLatch asleep(Watcher watcher) {
        CountDownLatch asleep = new CountDownLatch(1);
        watcher.subscribe(
                event -> {
                    if (event.type() == WakeEvent.Type.NAPPING) {
                        asleep.countDown();
                    }
                },
                Runnable::run);
        return asleep;
    }

    @Test
    void eventOfAUnitThatNobodyUses_isNoConcernOfTheOthers() throws Exception {
        try (LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {
            Watcher notes = lazyStart.watcher("notes");
            notes.acquire(Duration.ofSeconds(10)).close();
            CountDownLatch asleep = asleep(notes);

            provider.unit("gone").end(new Exit(0, false, List.of()));
            provider.unit("gone").tell(UnitEvent.Kind.CHANGED, null, null);
            assertThat(notes.snapshot().status()).isEqualTo(Status.READY);
            provider.unit("notes").end(new Exit(0, false, List.of()));

            assertThat(asleep.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void eventsStayLost_endOfAUnitIsFoundOutAllTheSame() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        try (LazyStart lazyStart = builder()
                .ticker(ticker)
                .scheduler(time)
                .service("notes", s -> s.unit("scripted", Map.of()))
                .build()) {
            Watcher notes = lazyStart.watcher("notes");
            notes.acquire(Duration.ofSeconds(10)).close();
            CountDownLatch asleep = asleep(notes);
            provider.lose();
            provider.unit("notes").become(UnitStatus.State.STOPPED);

            time.advance(Duration.ofSeconds(10));

            assertThat(asleep.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
