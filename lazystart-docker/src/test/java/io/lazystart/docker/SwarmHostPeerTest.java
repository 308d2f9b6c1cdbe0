// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.LazyStart;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.ConfigException;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.watch.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole host with services of a swarm. */
@RequiresPeer("docker")
@ExtendWith(SwarmEngine.class)
class SwarmHostPeerTest {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final SwarmServices services = new SwarmServices();

    @AfterEach
    void removeServices() {
        services.close();
    }

    @Test
    void wokenByALease_asManyRunAsAreWanted_untilItIsIdle() throws Exception {
        services.create("web", GRACE, Containers.POLITE);
        try (LazyStart host = host(StopConfig.DEFAULT)) {
            Watcher watcher = host.watcher("web");

            watcher.acquire(PATIENCE).close();

            assertThat(services.serving("web")).hasSize(2);
            Bench.eventually(PATIENCE).until(() -> watcher.snapshot().status() == Status.NAPPING);
            assertThat(services.read("web").replicas()).isZero();
            watcher.acquire(PATIENCE).close();
            assertThat(services.read("web").replicas()).isEqualTo(2);
        }
    }

    @Test
    void methodPause_isRefusedWhenTheHostIsOpened() {
        StopConfig pause = new StopConfig(StopConfig.Method.PAUSE, null, GRACE, GRACE);

        assertThatThrownBy(() -> host(pause).close())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services.web.stop.method: pause (expected: stop or kill; provider swarm cannot pause here)");
    }

    private LazyStart host(StopConfig stop) {
        return LazyStart.builder()
                .stateDirectory(folder)
                .connection("swarm", "swarm", Map.of("host", "unix://" + SwarmEngine.socket()))
                .service(
                        "web",
                        service -> service.unit(
                                        "swarm", Map.of("service", services.name("web"), "replicas", 2, "port", 0))
                                .ready(ReadyConfig.PROVIDER)
                                .idleTimeout(Duration.ofMillis(300))
                                .stop(stop))
                .build();
    }
}
