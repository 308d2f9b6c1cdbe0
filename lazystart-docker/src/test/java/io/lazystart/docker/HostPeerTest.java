// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.LazyStart;
import io.lazystart.event.Status;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.watch.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole host with containers, whose engine cannot always be heard. */
@RequiresPeer("docker")
class HostPeerTest {
    private static final Duration OUTAGE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final Containers containers = new Containers();
    private Forwarder forwarder;

    HostPeerTest() throws Exception {}

    @BeforeEach
    void connect() throws Exception {
        forwarder = Forwarder.at(folder.resolve("engine.sock"), Containers.SOCKET);
    }

    @AfterEach
    void close() throws Exception {
        containers.close();
        forwarder.close();
    }

    @Test
    void streamIsCutForTenSeconds_stopOutside_isNoticedWithinASecondOfItsReturn() throws Exception {
        containers.create("a", Containers.POLITE);
        try (LazyStart host = host(Containers.name("a"))) {
            Watcher watcher = host.watcher("a");
            watcher.acquire(Bench.PATIENCE).close();
            containers.awaitUp("a");
            forwarder.cut(request -> request.contains("/events"));
            long cut = System.nanoTime();
            Bench.eventually()
                    .atMost(OUTAGE.multipliedBy(2))
                    .until(() -> since(cut).compareTo(OUTAGE) > 0);

            containers.signal("a", "SIGTERM");
            Bench.eventually().until(() -> !containers.state("a").getRunning());
            forwarder.mend();

            Bench.eventually(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(watcher.snapshot().status()).isEqualTo(Status.NAPPING));
            watcher.acquire(Bench.PATIENCE).close();
            assertThat(containers.state("a").getRunning()).isTrue();
        }
    }

    @Test
    void reloadNamesItByItsIdInstead_itSleepsAndIsWokenAgain() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        try (LazyStart host = host(Containers.name("a"))) {
            host.watcher("a").acquire(Bench.PATIENCE).close();
            write(id);

            assertThat(host.reload().changed()).containsExactly("a");

            host.watcher("a").acquire(Bench.PATIENCE).close();
            assertThat(containers.state("a").getRunning()).isTrue();
        }
    }

    private LazyStart host(String container) throws IOException {
        return LazyStart.builder().file(write(container)).build();
    }

    private Path write(String container) throws IOException {
        return Files.writeString(folder.resolve("lazystart.json"), """
                {"state-directory": "%s",
                 "providers": {"docker": {"host": "unix://%s"}},
                 "services": {"a": {
                   "docker": {"container": "%s", "port": 0}, "idle-timeout": "10m", "stop": {"timeout": "100ms"}}}}
                """.formatted(
                        folder.resolve("state"), folder.resolve("engine.sock"), container));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
