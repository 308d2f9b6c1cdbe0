// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What docs/docker.md tells people to allow is enough for all that is done with services of a swarm of one node. */
@RequiresPeer("docker")
@ExtendWith(SwarmEngine.class)
class SwarmLeastPowerPeerTest {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration AGES = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private final SwarmServices services = new SwarmServices();
    private final AllowedRequests documented = AllowedRequests.under("## What is asked of a manager");
    private Forwarder proxy;

    SwarmLeastPowerPeerTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        proxy = Forwarder.at(folder.resolve("engine.sock"), SwarmEngine.socket());
        proxy.allowOnly(documented::allow);
    }

    @AfterEach
    void close() throws Exception {
        services.close();
        proxy.close();
    }

    @Test
    void whatIsDocumented_isEnough_andNeededBesidesWhatIsAskedOfOtherNodes() throws Exception {
        services.create("web", AGES, Containers.STUBBORN, SwarmServices::published);
        services.create(
                "fails",
                GRACE,
                "echo no luck; exit 137",
                spec -> spec.withObjectProperty("TaskTemplate")
                        .putObject("RestartPolicy")
                        .put("Condition", "none"));
        try (Bench bench = Bench.swarm(folder.resolve("engine.sock"))) {
            runs(unit(bench, "web"));
            fails(unit(bench, "fails"), bench);
        }

        assertThat(proxy.forbidden()).isEmpty();
        assertThat(documented.unused(proxy.requests())).containsExactly("GET /nodes/{id}");
    }

    private void runs(Unit unit) throws Exception {
        unit.start();
        services.awaitUp("web");
        assertThat(unit.address()).isNotNull();
        unit.stop(null, GRACE);
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        unit.start();
        unit.kill();
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    /** The start fails, or the end is told after it. */
    private static void fails(Unit unit, Bench bench) throws Exception {
        Exit exit;
        try {
            unit.start();
            exit = bench.await(unit, Kind.ENDED, 1).exit();
        } catch (ProviderException endedAtOnce) {
            exit = endedAtOnce.exit();
        }
        assertThat(exit).isEqualTo(new Exit(137, false, List.of("no luck")));
    }

    private Unit unit(Bench bench, String service) {
        return bench.provider.unit(
                service, new Settings("services." + service + ".swarm", Map.of("service", services.name(service))));
    }
}
