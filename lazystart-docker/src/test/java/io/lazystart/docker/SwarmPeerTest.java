// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitListener;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is peculiar to services of a swarm. */
@RequiresPeer("docker")
@ExtendWith(SwarmEngine.class)
class SwarmPeerTest {
    private static final Duration GRACE = Duration.ofSeconds(1);

    @TempDir
    private Path state;

    private final SwarmServices services = new SwarmServices();
    private final SystemScheduler scheduler = new SystemScheduler();
    private final List<UnitEvent> heard = new CopyOnWriteArrayList<>();
    private Provider provider;

    @BeforeEach
    void open() {
        Settings connection = new Settings("providers.swarm", Map.of("host", "unix://" + SwarmEngine.socket()));
        provider = new SwarmProviderFactory()
                .create(new ProviderContext("swarm", connection, Ticker.system(), scheduler, state, PortRange.DEFAULT));
        provider.watch(new UnitListener() {
            @Override
            public void onEvent(UnitEvent event) {
                heard.add(event);
            }

            @Override
            public void onResync() {}
        });
    }

    @AfterEach
    void tidyUp() {
        provider.close();
        scheduler.close();
        services.close();
    }

    @Test
    void stopAndStart_anotherHost_asManyRunAsBefore() throws Exception {
        services.create("web", GRACE, Containers.POLITE);
        services.scale("web", 2);
        services.awaitServing("web", 2);

        unit(Map.of()).kill();
        assertThat(services.read("web").lastReplicas()).isEqualTo(2);
        provider.close();
        open();
        unit(Map.of()).start();

        services.awaitServing("web", 2);
    }

    @Test
    void start_replicasGiven_asManyRunAndOnlyThenIsItHealthy() throws Exception {
        services.create("web", GRACE, Containers.POLITE);
        Unit unit = unit(Map.of("replicas", 3));
        assertThat(unit.health()).isEqualTo(Health.NONE);

        unit.start();

        await().until(() -> unit.health() == Health.HEALTHY);
        assertThat(services.serving("web")).hasSize(3);
        services.scale("web", 200);
        assertThat(unit.health()).isEqualTo(Health.STARTING);
    }

    @Test
    void update_anythingElse_staysAsItWas() throws Exception {
        services.create(
                "web",
                GRACE,
                Containers.POLITE,
                spec -> spec.withObjectProperty("TaskTemplate")
                        .withObjectProperty("ContainerSpec")
                        .putArray("CapabilityDrop")
                        .add("CAP_CHOWN"));
        Unit unit = unit(Map.of());
        ObjectNode before = spec("web");

        unit.start();
        ObjectNode awake = spec("web");
        unit.kill();
        ObjectNode asleep = spec("web");

        before.withObjectProperty("Mode").withObjectProperty("Replicated").put("Replicas", 1);
        assertThat(awake).isEqualTo(before);
        before.withObjectProperty("Mode").withObjectProperty("Replicated").put("Replicas", 0);
        before.withObjectProperty("Labels").put(SwarmService.REPLICAS, "1");
        assertThat(asleep).isEqualTo(before);
    }

    @Test
    void scaledByOthers_whileItRuns_isTheSameRun() throws Exception {
        services.create("web", GRACE, Containers.POLITE);
        Unit unit = unit(Map.of());
        String run = unit.start();

        services.scale("web", 3);
        services.awaitServing("web", 3);
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
        services.scale("web", 1);
        services.awaitServing("web", 1);

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
        assertThat(heard).noneMatch(event -> event.kind() == Kind.ENDED);
    }

    @Test
    void taskDies_noOtherRuns_isToldWithItsExit() throws Exception {
        services.create("web", GRACE, "trap 'echo no luck; exit 3' USR1; while :; do sleep 100 & wait $!; done");
        Unit unit = unit(Map.of());
        String run = unit.start();
        services.awaitUp("web");

        services.signal("web", "SIGUSR1");

        await().until(() ->
                heard.contains(new UnitEvent(unit.id(), Kind.ENDED, run, new Exit(3, false, List.of("no luck")))));
    }

    @Test
    void start_restartPolicyHasGivenUp_runsAgain() throws Exception {
        services.create(
                "web",
                GRACE,
                Containers.POLITE,
                spec -> spec.withObjectProperty("TaskTemplate")
                        .putObject("RestartPolicy")
                        .put("Condition", "none"));
        Unit unit = unit(Map.of());
        String first = unit.start();
        services.kill("web");
        await().until(() -> unit.status().state() == State.STOPPED);

        String second = unit.start();

        assertThat(second).isNotEqualTo(first);
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, second, null));
    }

    @Test
    void start_endsWellAtOnce_isARunThatIsOver() throws Exception {
        services.create(
                "web",
                GRACE,
                "echo done",
                spec -> spec.withObjectProperty("TaskTemplate")
                        .putObject("RestartPolicy")
                        .put("Condition", "none"));
        Unit unit = unit(Map.of());

        String run = unit.start();

        await().until(() -> heard.contains(new UnitEvent(unit.id(), Kind.ENDED, run, new Exit(0, false, List.of()))));
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.STOPPED, null, new Exit(0, false, List.of())));
    }

    @Test
    void id_orBeginningOfOne_isNoName() throws Exception {
        String id = services.create("web", GRACE, Containers.POLITE);

        for (String reference : List.of(id, id.substring(0, 12))) {
            Unit unit = provider.unit("other", new Settings("services.other.swarm", Map.of("service", reference)));

            assertThat(unit.status().state()).isEqualTo(State.STOPPED);
            assertThatThrownBy(unit::start)
                    .hasMessageStartingWith("start: no such service: " + reference
                            + " (expected: the name of one that exists; seen by ");
        }
        assertThat(services.read("web").replicas()).isZero();
    }

    @Test
    void start_imageIsMissing_failsWithTheReasonAndIsScaledDown() throws Exception {
        services.create(
                "web",
                GRACE,
                "",
                spec -> spec.withObjectProperty("TaskTemplate")
                        .withObjectProperty("ContainerSpec")
                        .put("Image", "lazystart/no-such-image:test"));

        assertThatThrownBy(() -> unit(Map.of()).start())
                .isInstanceOf(ProviderException.class)
                .hasMessage("start: " + services.name("web")
                        + ": it ended at once: No such image: lazystart/no-such-image:test")
                .satisfies(failure ->
                        assertThat(((ProviderException) failure).exit()).isEqualTo(new Exit(null, false, List.of())));
        assertThat(services.read("web").replicas()).isZero();
    }

    @Test
    void start_commandIsMissing_failsWithTheReason() throws Exception {
        services.create(
                "web",
                GRACE,
                "",
                spec -> spec.withObjectProperty("TaskTemplate")
                        .withObjectProperty("ContainerSpec")
                        .putArray("Command")
                        .add("/bin/no-such-command"));

        assertThatThrownBy(() -> unit(Map.of()).start())
                .hasMessageContaining("exec: \"/bin/no-such-command\"")
                .hasMessageNotContaining("unable to start");
    }

    @Test
    void start_outOfMemory_isSaid() throws Exception {
        services.create("web", GRACE, "tail /dev/zero", spec -> {
            ObjectNode template = spec.withObjectProperty("TaskTemplate");
            template.putObject("Resources").putObject("Limits").put("MemoryBytes", 32 << 20);
        });
        Unit unit = unit(Map.of());

        try {
            unit.start();
        } catch (ProviderException atOnce) {
            assertThat(atOnce.exit()).isNotNull().matches(Exit::outOfMemory);
            return;
        }
        await().until(() -> heard.stream()
                .anyMatch(event -> event.exit() != null && event.exit().outOfMemory()));
    }

    @Test
    void start_globalService_isRefused() throws Exception {
        services.create("web", GRACE, Containers.POLITE, spec -> {
            spec.withObjectProperty("Mode").remove("Replicated");
            spec.withObjectProperty("Mode").putObject("Global");
        });

        assertThatThrownBy(() -> unit(Map.of()).start())
                .hasMessage("start: " + services.name("web")
                        + ": mode Global (expected: Replicated; no other has a count that can be 0)");
        assertThatThrownBy(() -> unit(Map.of()).kill()).hasMessageContaining("mode Global");
    }

    @Test
    void start_missing_isRefused() {
        assertThatThrownBy(() -> unit(Map.of()).start())
                .hasMessage("start: no such service: " + services.name("web")
                        + " (expected: the name of one that exists; seen by unix://" + SwarmEngine.socket() + ")");
    }

    @Test
    void address_nothingPublished_isRefused() throws Exception {
        services.create("web", GRACE, Containers.POLITE);
        Unit unit = unit(Map.of());
        unit.start();

        assertThatThrownBy(unit::address)
                .hasMessage("service " + services.name("web") + ": it publishes no port (expected: one, or upstream)");
    }

    private Unit unit(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("service", services.name("web"));
        return provider.unit("web", new Settings("services.web.swarm", settings));
    }

    private ObjectNode spec(String service) {
        SwarmService read = services.read(service);
        return (ObjectNode) read.scaled(read.replicas());
    }
}
