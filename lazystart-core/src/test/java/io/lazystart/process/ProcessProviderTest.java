// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessProviderTest {
    private final SystemScheduler scheduler = new SystemScheduler();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void factory_isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(ProviderFactory.class))
                .filteredOn(factory -> factory.type().equals("process"))
                .singleElement()
                .isInstanceOf(ProcessProviderFactory.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "", "a/b", "a b", "ä"})
    void unit_nameThatIsNoFolder_isRefused(String name) {
        try (Provider provider = open()) {
            assertThatThrownBy(() -> provider.unit(name, settings())).isInstanceOf(ConfigException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "lock", "process.lock", "...", "run.json"})
    void unit_unusualName_hasAFolderOfItsOwn(String name) throws Exception {
        try (Provider provider = open()) {
            assertThat(provider.unit(name, settings()).id()).isEqualTo(name);
            assertThat(provider.unit(name, settings()).status().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void unit_isAskedFor_writesNothing() throws Exception {
        try (Provider provider = open()) {
            provider.unit("app", settings());

            try (var files = Files.list(folder.resolve("state/process"))) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void watch_twice_isRefused() {
        try (Provider provider = open()) {
            UnitListener listener = new Deaf();
            provider.watch(listener);

            assertThatThrownBy(() -> provider.watch(listener)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void create_afterTheFirstIsClosed_isAllowed() {
        Provider first = open();
        first.close();
        first.close();

        open().close();
    }

    @Test
    void create_stateDirectoryIsAFile_isRefused() throws Exception {
        Files.createFile(folder.resolve("state"));

        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("state-directory: ")
                .hasMessageContaining("expected: a folder that can be written");
    }

    private Provider open() {
        return new ProcessProviderFactory()
                .create(new ProviderContext(
                        "process",
                        new Settings("providers.process", Map.of()),
                        Ticker.system(),
                        scheduler,
                        folder.resolve("state"),
                        PortRange.DEFAULT));
    }

    private static Settings settings() {
        return new Settings("services.app.process", Map.of("command", List.of("sh")));
    }

    private static final class Deaf implements UnitListener {
        @Override
        public void onEvent(UnitEvent event) {}

        @Override
        public void onResync() {}
    }
}
