// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.ConnectionConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several connections to providers of one type, by names. */
class ConnectionsTest {
    @TempDir
    Path directory;

    private final Map<String, ProviderContext> contexts = new LinkedHashMap<>();
    private final Map<String, ScriptedProvider> providers = new LinkedHashMap<>();

    /** A type whose connections have one setting. */
    private final class Kettles implements ProviderFactory {
        @Override
        public String type() {
            return "kettle";
        }

        @Override
        public Provider create(ProviderContext context) {
            context.settings().string("host");
            contexts.put(context.connection(), context);
            ScriptedProvider made = new ScriptedProvider();
            providers.put(context.connection(), made);
            return made.create(context);
        }
    }

    private ScriptedProvider opened(String connection) {
        return Objects.requireNonNull(providers.get(connection), connection);
    }

    private LazyStartBuilder builder() {
        return LazyStart.builder()
                .discoverProviders(false)
                .stateDirectory(directory)
                .provider(new Kettles());
    }

    @Test
    void twoConnections_haveSettingsAndUnitsOfTheirOwn() throws Exception {
        try (LazyStart lazyStart = builder()
                .connection("kitchen", "kettle", Map.of("host", "one"))
                .connection("office", "kettle", Map.of("host", "two"))
                .service("tea", s -> s.unit("kitchen", Map.of("unit", "pot")))
                .service("coffee", s -> s.unit("office", Map.of("unit", "pot")))
                .service("cocoa", s -> s.unit("kettle", Map.of("unit", "pot")))
                .build()) {
            lazyStart.watcher("coffee").acquire(Duration.ofSeconds(60)).close();

            assertThat(contexts.keySet()).containsExactlyInAnyOrder("kitchen", "office", "kettle");
            assertThat(opened("office").unit("pot").calls()).contains(Call.START);
            assertThat(opened("kitchen").unit("pot").calls()).doesNotContain(Call.START);
            assertThat(opened("kettle").unit("pot").calls()).doesNotContain(Call.START);
        }
        assertThat(contexts.get("kitchen").settings().string("host")).isEqualTo("one");
        assertThat(contexts.get("kettle").settings().path()).isEqualTo("providers.kettle");
        assertThat(contexts.values().stream().map(ProviderContext::stateDirectory))
                .as("state directories")
                .doesNotHaveDuplicates();
        assertThat(providers.values()).allMatch(ScriptedProvider::isClosed);
    }

    @Test
    void connectionOfTheTypesOwnName_isWhatServicesOfTheTypeUse() {
        try (LazyStart lazyStart = builder()
                .connection("kettle", "kettle", Map.of("host", "one"))
                .service("tea", s -> s.unit("kettle", Map.of()))
                .build()) {

            assertThat(lazyStart.config().connections())
                    .containsExactly(Map.entry("kettle", new ConnectionConfig("kettle", Map.of("host", "one"))));
        }
        assertThat(contexts.get("kettle").settings().string("host")).isEqualTo("one");
    }

    @Test
    void unknownSetting_isRefusedAndTheProviderClosed() {
        LazyStartBuilder builder = builder()
                .connection("kitchen", "kettle", Map.of("hos", "one"))
                .service("tea", s -> s.unit("kitchen", Map.of()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessage("providers.kitchen.hos: unknown key (did you mean: host)");
        assertThat(opened("kitchen").isClosed()).isTrue();
    }

    @Test
    void unknownType_isRefused() {
        LazyStartBuilder builder =
                builder().connection("kitchen", "kettel", Map.of()).service("tea", s -> s.unit("kitchen", Map.of()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("providers.kitchen: no provider of this type (did you mean: kettle");
    }

    @Test
    void nameGivenTwice_isRefused() {
        LazyStartBuilder builder = builder().connection("kitchen", "kettle", Map.of());

        assertThatThrownBy(() -> builder.connection("kitchen", "kettle", Map.of()))
                .hasMessage("providers.kitchen: given twice (expected: each name once)");
    }

    @Test
    void reload_openConnectionHasChanged_isRefusedAndNothingChanges() throws Exception {
        Path file = file("one", "kitchen");
        try (LazyStart lazyStart = open(file)) {
            LazyStartConfig before = lazyStart.config();
            file("two", "kitchen");

            assertThatThrownBy(lazyStart::reload)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(
                            "lazystart.yaml:3: providers.kitchen: changed (expected: as it was, until the host"
                                    + " is started anew)");
            assertThat(lazyStart.config()).isEqualTo(before);
        }
    }

    @Test
    void reload_newConnection_isOpened() throws Exception {
        Path file = file("one", "kitchen");
        try (LazyStart lazyStart = open(file)) {
            Files.writeString(file, Files.readString(file).replace("services:", "  office: {type: kettle}\nservices:"));

            lazyStart.reload();

            assertThat(contexts.keySet()).containsExactly("kitchen", "office");
        }
    }

    private LazyStart open(Path file) {
        return LazyStart.builder()
                .discoverProviders(false)
                .provider(new Kettles())
                .file(file)
                .build();
    }

    private Path file(String host, String connection) throws Exception {
        return Files.writeString(
                directory.resolve("lazystart.yaml"), """
                state-directory: %s
                providers:
                  kitchen: {type: kettle, host: %s}
                services:
                  tea: {%s: {}}
                """.formatted(directory.resolve("state"), host, connection));
    }
}
