// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lazystart.LazyStart;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.ConfigException;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    void oneOfTwoRuns_callerIsHeldUntilTheOtherDoes() throws Exception {
        services.create("web", GRACE, Containers.POLITE, this::secondIsHeld);
        try (LazyStart host = host(StopConfig.DEFAULT)) {
            CompletableFuture<Integer> serving = servingWhenServed(host);
            services.awaitServing("web", 1);
            assertThat(serving).isNotDone();

            Files.createFile(folder.resolve("second"));

            assertThat(serving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void oneOfTwoRuns_isEnoughForAServiceThatSaysTcp() throws Exception {
        services.create("web", GRACE, Containers.POLITE, this::secondIsHeld);
        try (LazyStart host = host(StopConfig.DEFAULT, service -> service.ready(ReadyConfig.TCP))) {
            assertThat(servingWhenServed(host).get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(1);
        }
    }

    /** How many tasks run when the caller has a lease. */
    private CompletableFuture<Integer> servingWhenServed(LazyStart host) {
        return host.watcher("web")
                .acquire(WakeRequest.of(Cause.request("test")).deadline(PATIENCE))
                .thenApply(lease -> services.serving("web").size())
                .toCompletableFuture();
    }

    /** The second task does not count as running before there is a file. */
    private void secondIsHeld(ObjectNode spec) {
        ObjectNode container = spec.withObjectProperty("TaskTemplate").withObjectProperty("ContainerSpec");
        container.putArray("Env").add("SLOT={{.Task.Slot}}");
        container
                .putArray("Mounts")
                .addObject()
                .put("Type", "bind")
                .put("Source", folder.toString())
                .put("Target", "/flags");
        ObjectNode check = container
                .putObject("Healthcheck")
                .put("Interval", TimeUnit.MILLISECONDS.toNanos(20))
                .put("Retries", 1_000_000);
        check.putArray("Test").add("CMD-SHELL").add("[ $SLOT = 1 ] || [ -e /flags/second ]");
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
        return host(stop, service -> {});
    }

    private LazyStart host(StopConfig stop, Consumer<ServiceConfigBuilder> more) {
        return LazyStart.builder()
                .stateDirectory(folder)
                .connection("swarm", "swarm", Map.of("host", "unix://" + SwarmEngine.socket()))
                .service(
                        "web",
                        service -> more.accept(
                                service.unit("swarm", Map.of("service", services.name("web"), "replicas", 2, "port", 0))
                                        .idleTimeout(Duration.ofMillis(300))
                                        .stop(stop)))
                .build();
    }
}
