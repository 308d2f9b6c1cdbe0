// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.Health;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/docker.md tells people to allow is enough for all that is done with containers, and no more than that. */
@RequiresPeer("docker")
class LeastPowerPeerTest {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final long HEALTH_INTERVAL = Duration.ofMillis(50).toNanos();

    @TempDir
    private Path folder;

    private final Containers containers = new Containers();
    private final AllowedRequests documented = AllowedRequests.under("## What is asked of the engine");
    private Path socket;
    private Forwarder proxy;

    LeastPowerPeerTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        socket = folder.resolve("engine.sock");
        proxy = Forwarder.at(socket, Containers.SOCKET);
        proxy.allowOnly(documented::allow);
    }

    @AfterEach
    void close() throws Exception {
        containers.close();
        proxy.close();
    }

    @Test
    void whatIsDocumented_isEnoughAndNeeded() throws Exception {
        Map<String, Object> connection = Map.of("host", "unix://" + socket, "discover", true);
        try (Bench bench = new Bench(connection)) {
            isFound(bench);
            runs(bench.unit("a"), bench);
            fails(bench.unit("b"), bench);
        }

        assertThat(proxy.forbidden()).isEmpty();
        assertThat(documented.unused(proxy.requests())).isEmpty();
    }

    @Test
    void apiVersion_isAllowedFor() throws Exception {
        containers.create("a", Containers.POLITE);
        try (Bench bench = new Bench(Map.of("host", "unix://" + socket, "api-version", "1.41"))) {
            Unit unit = bench.unit("a");
            unit.start();
            bench.await(unit, Kind.STARTED, 1);
        }

        assertThat(proxy.forbidden()).isEmpty();
        assertThat(proxy.requests()).allMatch(request -> request.contains(" /v1.41/"));
    }

    @Test
    void whatIsNotDocumented_isRefused() {
        try (Engine engine = new Engine(EngineAddress.socket(socket), null)) {
            assertThatThrownBy(() -> engine.ask(
                            client -> client.removeContainerCmd("none").exec()))
                    .isInstanceOfSatisfying(
                            DockerException.class,
                            refusal -> assertThat(refusal.getHttpStatus()).isEqualTo(403));
        }

        assertThat(proxy.forbidden()).hasSize(1);
    }

    private void isFound(Bench bench) {
        List<DiscoveredService> found = new CopyOnWriteArrayList<>();
        bench.provider.discover(found::addAll);
        HealthCheck well =
                new HealthCheck().withTest(List.of("CMD-SHELL", "exit 0")).withInterval(HEALTH_INTERVAL);
        containers.create(
                "a",
                Containers.POLITE,
                command -> command.withLabels(Map.of(Containers.LABEL, "true", Label.ENABLE, "true"))
                        .withHealthcheck(well));

        Bench.eventually()
                .until(() -> found.stream().anyMatch(service -> service.name().equals(Containers.name("a"))));
    }

    private void runs(Unit unit, Bench bench) throws Exception {
        unit.start();
        containers.awaitUp("a");
        Bench.eventually().until(() -> unit.health() == Health.HEALTHY);
        assertThat(unit.address()).isNotNull();
        unit.pause();
        unit.unpause();
        unit.stop(null, STOP_LIMIT);
        bench.await(unit, Kind.ENDED, 1);
        unit.start();
        unit.kill();
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    /** It ends at once, again and again, and is started between two tries of the engine. */
    private void fails(Unit unit, Bench bench) throws Exception {
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode("host")
                .withRestartPolicy(RestartPolicy.onFailureRestart(99));
        containers.create("b", "echo no luck; exit 3", command -> command.withHostConfig(host));

        tryToStart(unit);
        bench.await(unit, Kind.ENDED, 1);
        Bench.eventually().until(this::pausesForLong);
        tryToStart(unit);
        unit.stop(null, STOP_LIMIT);
    }

    /** It fails, or the end is told after it. */
    private static void tryToStart(Unit unit) throws Exception {
        try {
            unit.start();
        } catch (ProviderException endedAtOnce) {
            assertThat(endedAtOnce.exit()).isNotNull();
        }
    }

    /** The engine's pauses double from 100 ms. */
    private boolean pausesForLong() {
        InspectContainerResponse seen = containers.ask(
                client -> client.inspectContainerCmd(Containers.name("b")).exec());
        return seen.getRestartCount() >= 4
                && Boolean.TRUE.equals(seen.getState().getRestarting());
    }
}
