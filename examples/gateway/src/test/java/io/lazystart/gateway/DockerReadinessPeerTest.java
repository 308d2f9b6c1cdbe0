// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lazystart.testkit.RequiresPeer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers of a container wait for beside its start: its probe, and what Compose says that it depends on. */
@RequiresPeer("docker")
@Timeout(120)
@ResourceLock(DockerCli.LABELS)
final class DockerReadinessPeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String DISCOVER = "providers: {docker: {discover: true}}\n";

    @TempDir
    Path folder;

    @RegisterExtension
    final DockerCli docker = new DockerCli();

    private void awaitState(String container, String state) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(docker.state(container)).isEqualTo(state));
    }

    /** The time in which it would have been started goes by. */
    private static void awaitNothingFor(long millis) {
        await().pollDelay(millis, TimeUnit.MILLISECONDS).until(() -> true);
    }

    /** A container of a Compose project, with the labels that Compose would give it. */
    private List<String> composed(String service, String... labels) {
        List<String> options = new ArrayList<>(List.of(
                "--label",
                "com.docker.compose.project=" + docker.name("shop"),
                "--label",
                "com.docker.compose.service=" + service));
        for (String label : labels) {
            options.add("--label");
            options.add(label);
        }
        return options;
    }

    /** A web server that depends on something by Compose. */
    private void createWeb(String dependsOn) {
        docker.createServer(
                "shop-web-1",
                composed(
                                "web",
                                "com.docker.compose.depends_on=" + dependsOn,
                                "lazystart.enable=true",
                                "lazystart.path=/",
                                "lazystart.stop-timeout=100ms")
                        .toArray(String[]::new));
    }

    private void createJob(String script) {
        docker.create("shop-db-1", script, composed("db").toArray(String[]::new));
    }

    private void touch(String container, String file) {
        docker.docker("exec", docker.name(container), "/bin/sh", "-c", "echo yes > " + file);
    }

    private String health(String container) {
        return docker.docker("inspect", "-f", "{{.State.Health.Status}}", docker.name(container));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp: true", "http: /"})
    void healthCheckIsSlow_probeBesideTheProvider_servesLongBeforeItPasses(String probe) throws Exception {
        docker.createServer("web", "--health-cmd", "true", "--health-interval", "60s");
        String yaml =
                "services: {web: {docker: {container: %s}, stop: {timeout: 100ms}, ready: {%s, provider: true}}}\n"
                        .formatted(docker.name("web"), probe);
        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            assertThat(house.get("/").body()).isEqualTo("woken\n");

            assertThat(health("web")).isEqualTo("starting");
        }
    }

    @Test
    void composeServiceHealthy_isStartedOnceTheHealthCheckOfTheOtherPasses() throws Exception {
        List<String> options = composed("db");
        options.addAll(
                List.of("--health-cmd", "cat /tmp/well", "--health-interval", "200ms", "--health-retries", "100"));
        docker.create("shop-db-1", "trap 'exit 0' TERM; sleep 1000 & wait", options.toArray(String[]::new));
        createWeb("db:service_healthy:false");
        try (DockerHouse house = DockerHouse.open(folder, DISCOVER)) {
            CompletableFuture<HttpResponse<String>> held = house.ask("/");
            awaitState("shop-db-1", "running");
            awaitNothingFor(500);
            assertThat(docker.state("shop-web-1")).isEqualTo("created");

            touch("shop-db-1", "/tmp/well");

            assertThat(held.get(60, TimeUnit.SECONDS).body()).isEqualTo("woken\n");
            assertThat(health("shop-db-1")).isEqualTo("healthy");
        }
    }

    @Test
    void composeServiceCompletedSuccessfully_isStartedAfterTheJobHasEnded() throws Exception {
        createJob("until cat /tmp/enough; do sleep 0.1; done; exit 0");
        createWeb("db:service_completed_successfully:false");
        try (DockerHouse house = DockerHouse.open(folder, DISCOVER)) {
            CompletableFuture<HttpResponse<String>> held = house.ask("/");
            awaitState("shop-db-1", "running");
            awaitNothingFor(500);
            assertThat(docker.state("shop-web-1")).isEqualTo("created");

            touch("shop-db-1", "/tmp/enough");

            assertThat(held.get(60, TimeUnit.SECONDS).body()).isEqualTo("woken\n");
            String ended = docker.docker("inspect", "-f", "{{.State.FinishedAt}}", docker.name("shop-db-1"));
            assertThat(Instant.parse(docker.startedAt("shop-web-1"))).isAfter(Instant.parse(ended));
        }
    }

    @Test
    void composeServiceCompletedSuccessfully_jobFails_callerIsToldWhyAndItIsNotStarted() throws Exception {
        createJob("echo no space left; exit 3");
        createWeb("db:service_completed_successfully:false");
        try (DockerHouse house = DockerHouse.open(folder, DISCOVER)) {
            HttpResponse<String> answer = house.get("/");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.body()).contains(docker.name("shop") + "-db").contains("exit code 3");
            assertThat(docker.state("shop-web-1")).isEqualTo("created");
        }
    }
}
