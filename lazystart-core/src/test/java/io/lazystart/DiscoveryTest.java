// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.failure.LazyStartException;
import io.lazystart.provider.Capability;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.DiscoveryListener;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Services that a provider finds by itself, beside those that are configured. */
@Timeout(60)
class DiscoveryTest {
    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider().looking();
    private final BlockingQueue<Reload> heard = new LinkedBlockingQueue<>();

    /** A service, with keys and values by turns. */
    private static DiscoveredService found(String name, String... options) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return new DiscoveredService(name, "box " + name, "label nap.", Map.of("unit", name + "-box"), all);
    }

    private LazyStart open(String yaml) throws Exception {
        return open(yaml, provider);
    }

    private LazyStart open(String yaml, ProviderFactory factory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("lazystart.yaml"), """
                state-directory: %s
                providers: {scripted: {}}
                """.formatted(directory.resolve("state")) + yaml);
        return LazyStart.builder()
                .discoverProviders(false)
                .provider(factory)
                .file(file)
                .discoveryListener(heard::add)
                .build();
    }

    private Reload next() throws InterruptedException {
        Reload reload = heard.poll(30, TimeUnit.SECONDS);
        assertThat(reload).as("what has changed").isNotNull();
        return reload;
    }

    private static ServiceConfig service(LazyStart lazyStart, String name) {
        return lazyStart.config().services().get(name);
    }

    @Test
    void foundBeforeTheHostOpens_isServedFromTheBeginning() throws Exception {
        provider.finds(
                found("notes", "hosts", "notes.example, n.example", "stop.method", "pause", "idle-timeout", "5m"));

        try (LazyStart lazyStart = open("")) {
            ServiceConfig notes = service(lazyStart, "notes");
            assertThat(notes.hosts()).containsExactly("notes.example", "n.example");
            assertThat(notes.stop().method()).isEqualTo(StopConfig.Method.PAUSE);
            assertThat(notes.idleTimeout()).isEqualTo(Duration.ofMinutes(5));

            lazyStart.watcher("notes").acquire(Duration.ofSeconds(30)).close();
            assertThat(provider.unit("notes-box").calls()).contains(Call.START);
        }
    }

    @Test
    void appearsChangesAndVanishes_isAddedChangedAndRemoved() throws Exception {
        provider.finds();
        try (LazyStart lazyStart = open("services: {other: {scripted: {}}}\n")) {
            Lease other = lazyStart.watcher("other").acquire(Duration.ofSeconds(30));

            provider.finds(found("notes"));
            assertThat(next()).isEqualTo(new Reload(List.of("notes"), List.of(), List.of()));
            lazyStart.watcher("notes").acquire(Duration.ofSeconds(30)).close();

            provider.finds(found("notes", "idle-timeout", "1h"));
            assertThat(next()).isEqualTo(new Reload(List.of(), List.of("notes"), List.of()));
            assertThat(service(lazyStart, "notes").idleTimeout()).isEqualTo(Duration.ofHours(1));

            provider.finds();
            assertThat(next()).isEqualTo(new Reload(List.of(), List.of(), List.of("notes")));
            assertThatThrownBy(() -> lazyStart.watcher("notes")).isInstanceOf(LazyStartException.class);
            assertThat(other.upstream())
                    .isEqualTo(lazyStart.watcher("other").tryAcquire().upstream());
        }
    }

    @Test
    void wrong_disablesThatServiceOnly() throws Exception {
        provider.finds();
        try (LazyStart lazyStart = open("")) {
            provider.finds(
                    found("good"),
                    found("unknown", "idle-timeut", "5m"),
                    found("wrong", "idle-timeout", "soon"),
                    found("lonely", "depends-on", "nobody"),
                    found("needs-wrong", "depends-on", "wrong"));

            assertThat(next().added()).containsExactly("good");
            assertThat(lazyStart.config().services().keySet()).containsExactly("good");

            provider.finds(
                    found("good"), found("wrong", "idle-timeout", "5m"), found("needs-wrong", "depends-on", "wrong"));
            assertThat(next().added()).containsExactly("wrong", "needs-wrong");
        }
    }

    @Test
    void nameOfAConfiguredService_isLeftToThat() throws Exception {
        provider.finds(found("notes", "idle-timeout", "1h"), found("other"));

        try (LazyStart lazyStart = open("services: {notes: {scripted: {}}}\n")) {
            assertThat(lazyStart.config().services().keySet()).containsExactly("notes", "other");
            assertThat(service(lazyStart, "notes").idleTimeout()).isEqualTo(Duration.ofMinutes(15));
        }
    }

    @Test
    void routeOfAConfiguredService_isLeftToThat() throws Exception {
        provider.finds(found("thief", "hosts", "notes.example"));

        try (LazyStart lazyStart = open("services: {notes: {scripted: {}, hosts: [notes.example]}}\n")) {
            assertThat(lazyStart.config().services().keySet()).containsExactly("notes");
        }
    }

    @Test
    void defaultsOfTheFile_holdForWhatIsFoundToo() throws Exception {
        provider.finds(found("notes"));

        try (LazyStart lazyStart = open("defaults: {idle-timeout: 42m}\n")) {
            assertThat(service(lazyStart, "notes").idleTimeout()).isEqualTo(Duration.ofMinutes(42));
        }
    }

    @Test
    void unitOfAConfiguredService_isSharedWithIt() throws Exception {
        provider.finds(found("admin", "idle-timeout", "1h"));

        try (LazyStart lazyStart = open("services: {web: {scripted: {unit: admin-box}}}\n")) {
            Lease web = lazyStart.watcher("web").acquire(Duration.ofSeconds(30));
            Lease admin = lazyStart.watcher("admin").acquire(Duration.ofSeconds(30));

            assertThat(provider.unit("admin-box").calls().stream().filter(Call.START::equals))
                    .hasSize(1);
            web.close();
            admin.close();
        }
    }

    @Test
    void unitOfAConfiguredService_putToSleepInAnotherWay_isLeftOut() throws Exception {
        provider.finds(found("admin", "stop.method", "kill"));

        try (LazyStart lazyStart = open("services: {web: {scripted: {unit: admin-box}}}\n")) {
            assertThat(lazyStart.config().services().keySet()).containsExactly("web");
        }
    }

    @Test
    void reloadOfTheFile_keepsWhatWasFound() throws Exception {
        provider.finds(found("notes"));
        try (LazyStart lazyStart = open("")) {
            Path file = directory.resolve("lazystart.yaml");
            Files.writeString(file, Files.readString(file) + "services: {web: {scripted: {}}}\n");

            assertThat(lazyStart.reload()).isEqualTo(new Reload(List.of("web"), List.of(), List.of()));
            assertThat(lazyStart.config().services().keySet()).containsExactly("web", "notes");
        }
    }

    @Test
    void reloadByWhatIsServed_takesNothingFoundForConfigured() throws Exception {
        provider.finds(found("notes"));
        try (LazyStart lazyStart = open("services: {web: {scripted: {}}}\n")) {
            assertThat(lazyStart.reload(lazyStart.config()).isEmpty()).isTrue();

            provider.finds();
            assertThat(next().removed()).containsExactly("notes");
            provider.finds(found("other"));
            assertThat(next()).isEqualTo(new Reload(List.of("other"), List.of(), List.of()));
        }
    }

    @Test
    void neitherFoundNorConfigured_opensAndServesNothing() throws Exception {
        provider.finds();

        try (LazyStart lazyStart = open("")) {
            assertThat(lazyStart.config().services()).isEmpty();
        }
    }

    @Test
    void cycleAmongThem_isLeftOut() throws Exception {
        provider.finds(found("a", "depends-on", "b"), found("b", "depends-on", "a"), found("c"));

        try (LazyStart lazyStart = open("")) {
            assertThat(lazyStart.config().services().keySet()).containsExactly("c");
        }
    }

    @Test
    void dependencyWithoutRoutes_sleepsWithItsLastDependent() throws Exception {
        provider.finds(found("web", "depends-on", "db"), found("db"));

        try (LazyStart lazyStart = open("")) {
            assertThat(service(lazyStart, "db").idleTimeout()).isZero();
            assertThat(service(lazyStart, "web").idleTimeout()).isEqualTo(Duration.ofMinutes(15));
        }
    }

    @Test
    void serviceOfTheFileThatIsFoundToo_staysWhenItIsFoundNoMore() throws Exception {
        provider.finds();
        try (LazyStart lazyStart = open("services: {notes: {scripted: {unit: notes-box}}}\n")) {
            provider.finds(found("notes"), found("other"));
            assertThat(next().added()).containsExactly("other");
            lazyStart.reload();

            provider.finds();
            assertThat(next().removed()).containsExactly("other");
            assertThat(lazyStart.config().services().keySet()).containsExactly("notes");
        }
    }

    @Test
    void hostThatCouldNotBeOpened_takesInNothingAnyMore() throws Exception {
        provider.finds(found("notes"));
        Path file = Files.writeString(directory.resolve("lazystart.yaml"), """
                state-directory: %s
                providers: {scripted: {}}
                """.formatted(directory.resolve("state")));
        LazyStartBuilder builder = LazyStart.builder()
                .discoverProviders(false)
                .provider(provider)
                .file(file)
                .discoveryListener(heard::add)
                .idleVeto("nots", service -> false);

        assertThatThrownBy(builder::build).hasMessageContaining("nots");
        provider.finds(found("other"));

        assertThat(provider.isClosed()).isTrue();
        assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
        assertThat(provider.isClosed()).isTrue();
    }

    /** Whose units of one name cannot be made, for whatever reason. */
    private record Failing(ScriptedProvider real) implements ProviderFactory {
        @Override
        public String type() {
            return real.type();
        }

        @Override
        public Provider create(ProviderContext context) {
            Provider made = real.create(context);
            return new Provider() {
                @Override
                public Set<Capability> capabilities() {
                    return made.capabilities();
                }

                @Override
                public Unit unit(String service, Settings settings) {
                    if (service.equals("bad")) {
                        throw new IllegalStateException("no more room");
                    }
                    return made.unit(service, settings);
                }

                @Override
                public void watch(UnitListener listener) {
                    made.watch(listener);
                }

                @Override
                public void discover(DiscoveryListener listener) {
                    made.discover(listener);
                }

                @Override
                public void close() {
                    made.close();
                }
            };
        }
    }

    @Test
    void providerFailsAtOne_theOthersAreServed() throws Exception {
        provider.finds(found("good"), found("bad"));
        try (LazyStart lazyStart = open("", new Failing(provider))) {
            assertThat(lazyStart.config().services().keySet()).containsExactly("good");
        }
    }

    @Test
    void providerFailsAtAConfiguredOne_hostIsNotOpened() {
        assertThatThrownBy(() -> open("services: {bad: {scripted: {}}}\n", new Failing(provider)))
                .isInstanceOf(LazyStartException.class)
                .hasMessageContaining("provider scripted: unit failed: java.lang.IllegalStateException: no more room");
    }

    @Test
    void providerRefusesOne_theOthersAreServed() throws Exception {
        provider.finds(
                found("good"),
                new DiscoveredService("bad", "box bad", "label nap.", Map.of("unit", List.of()), Map.of()));
        try (LazyStart lazyStart = open("")) {
            assertThat(lazyStart.config().services().keySet()).containsExactly("good");
        }
    }
}
