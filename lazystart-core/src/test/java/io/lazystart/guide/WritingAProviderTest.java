// SPDX-License-Identifier: Apache-2.0
package io.lazystart.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.LazyStart;
import io.lazystart.event.WakeEvent;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/writing-a-provider.md shows is what is tested here. */
class WritingAProviderTest {
    private static final Pattern JAVA = Pattern.compile("^```java\\R(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path GUIDE = Path.of("..", "docs", "writing-a-provider.md");
    private static final Path SOURCES = Path.of("src", "test", "java", "io", "lazystart", "guide");

    @ParameterizedTest
    @ValueSource(strings = {"FlagUnit", "FlagProvider", "FlagProviderFactory", "FlagProviderTest"})
    void guide_showsTheSourceAsItIs(String name) throws Exception {
        String source = Files.readString(SOURCES.resolve(name + ".java"));

        assertThat(javaBlocks()).contains(source.substring(source.indexOf("package ")));
    }

    @Test
    void provider_inAHost_wakesAndPutsToSleep(@TempDir Path folder) throws Exception {
        Files.createFile(folder.resolve("notes.unit"));

        try (LazyStart lazyStart = LazyStart.builder()
                .stateDirectory(folder.resolve("state"))
                .discoverProviders(false)
                .provider(new FlagProviderFactory(folder))
                .service("notes", service -> service.unit("flag", Map.of()))
                .build()) {
            Watcher notes = lazyStart.watcher("notes");
            CountDownLatch napping = new CountDownLatch(1);

            try (Lease lease = notes.acquire(PATIENCE)) {
                assertThat(lease).isNotNull();
                assertThat(folder.resolve("notes.on")).exists();
            }
            notes.subscribe(event -> countIf(napping, event.type() == WakeEvent.Type.NAPPING), Runnable::run);
            notes.sleepNow();

            assertThat(napping.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(folder.resolve("notes.on")).doesNotExist();
        }
    }

    private static void countIf(CountDownLatch latch, boolean condition) {
        if (condition) {
            latch.countDown();
        }
    }

    private static List<String> javaBlocks() throws Exception {
        return JAVA.matcher(Files.readString(GUIDE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
