// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lazystart.LazyStart;
import io.lazystart.testkit.RequiresPeer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers of a real engine behind the gateway. */
@RequiresPeer("docker")
@Timeout(120)
@ResourceLock(DockerCli.LABELS)
final class DockerGatewayPeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @RegisterExtension
    final DockerCli docker = new DockerCli();

    private String service(String name, String container, String... more) {
        return "  %s: {docker: {container: %s}, stop: {timeout: 100ms}%s}%n"
                .formatted(
                        name,
                        docker.name(container),
                        Stream.of(more).map(key -> ", " + key).collect(Collectors.joining()));
    }

    private void awaitState(String container, String state) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(docker.state(container)).isEqualTo(state));
    }

    @Test
    void stoppedContainer_request_isHeldAndAnswered_andItStopsWhenIdle() throws Exception {
        docker.createServer("web");
        try (DockerHouse house =
                DockerHouse.open(folder, "services:\n" + service("web", "web", "idle-timeout: 300ms"))) {
            HttpResponse<String> answer = house.get("/");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("woken\n");
            awaitState("web", "exited");
            assertThat(house.get("/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void methodPause_idle_isPaused_andGoesOnForTheNextRequest() throws Exception {
        docker.createServer("web");
        try (DockerHouse house = DockerHouse.open(
                folder,
                "services:\n"
                        + service("web", "web", "idle-timeout: 300ms").replace("timeout: 100ms", "method: pause"))) {
            house.get("/");
            awaitState("web", "paused");
            String run = docker.startedAt("web");

            assertThat(house.get("/").body()).isEqualTo("woken\n");

            assertThat(docker.startedAt("web")).isEqualTo(run);
        }
    }

    @Test
    void slowDownload_holdsItAwake() throws Exception {
        docker.createServer("web");
        try (DockerHouse house =
                DockerHouse.open(folder, "services:\n" + service("web", "web", "idle-timeout: 200ms"))) {
            house.get("/");
            String run = docker.startedAt("web");

            HttpResponse<String> slow = house.get("/cgi-bin/slow");

            assertThat(slow.body()).isEqualTo("more\n".repeat(20));
            assertThat(docker.startedAt("web")).isEqualTo(run);
            awaitState("web", "exited");
        }
    }

    @Test
    void methodPause_slowDownload_isNotPausedBeforeItsEnd() throws Exception {
        docker.createServer("web");
        try (DockerHouse house = DockerHouse.open(
                folder,
                "services:\n"
                        + service("web", "web", "idle-timeout: 200ms").replace("timeout: 100ms", "method: pause"))) {
            house.get("/");

            CompletableFuture<HttpResponse<String>> slow = house.ask("/cgi-bin/slow");

            awaitState("web", "running");
            for (String state = "running"; !slow.isDone(); state = docker.state("web")) {
                assertThat(state).isEqualTo("running"); // who is paused once stays so, as nobody else asks
            }
            assertThat(slow.get().body()).isEqualTo("more\n".repeat(20));
            awaitState("web", "paused");
        }
    }

    @ParameterizedTest
    @CsvSource({"timeout: 100ms,exited", "method: pause,paused"})
    void webSocket_holdsItAwake_untilItIsClosed(String stop, String asleep) throws Exception {
        docker.create("ticker", DockerCli.WEB_SOCKET, "-p", "127.0.0.1::8080");
        String yaml = "services:\n"
                + service("ticker", "ticker", "idle-timeout: 200ms").replace("timeout: 100ms", stop);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            WebSocket socket = house.webSocket("/", heard);

            for (int i = 0; i < 10; i++) {
                assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("tick");
                assertThat(docker.state("ticker")).isEqualTo("running");
            }

            socket.abort();
            awaitState("ticker", asleep);
        }
    }

    @Test
    void upgradedConnection_holdsItAwake() throws Exception {
        docker.create("echo", DockerCli.ECHO_SERVER, "-p", "127.0.0.1::8080");
        try (DockerHouse house =
                        DockerHouse.open(folder, "services:\n" + service("echo", "echo", "idle-timeout: 200ms"));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), house.port())) {
            OutputStream out = socket.getOutputStream();
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            out.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n".getBytes(US_ASCII));
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                assertThat(line).contains(":");
            }
            String run = docker.startedAt("echo");

            for (int i = 0; i < 8; i++) {
                out.write(("say " + i + "\n").getBytes(US_ASCII));
                assertThat(in.readLine()).isEqualTo("say " + i);
                awaitNothingFor(100);
            }

            assertThat(docker.startedAt("echo")).isEqualTo(run);
            assertThat(docker.state("echo")).isEqualTo("running");
        }
    }

    /** The time in which it would have been put to sleep goes by. */
    private static void awaitNothingFor(long millis) {
        await().pollDelay(millis, TimeUnit.MILLISECONDS).until(() -> true);
    }

    @Test
    void labelledContainer_isServedSoonAfterItIsCreated_andNoMoreOnceItIsRemoved() throws Exception {
        try (DockerHouse house = DockerHouse.open(folder, "providers: {docker: {discover: true}}\n")) {
            assertThat(house.get("/box").statusCode()).isEqualTo(404);
            docker.createServer(
                    "box",
                    "--label",
                    "lazystart.enable=true",
                    "--label",
                    "lazystart.path=/box",
                    "--label",
                    "lazystart.strip-prefix=true");

            long created = System.nanoTime();

            CompletableFuture<HttpResponse<String>> served = house.ask("/box");
            while (isNotFound(served)) {
                served = house.ask("/box");
            }

            assertThat(Duration.ofNanos(System.nanoTime() - created)).isLessThan(Duration.ofMillis(500));
            assertThat(served.get(60, TimeUnit.SECONDS).body()).isEqualTo("woken\n");

            docker.remove("box");
            await().atMost(PATIENCE).until(() -> house.get("/box").statusCode() == 404);
        }
    }

    /** Whether nobody serves it yet; one that is held for a moment is served. */
    private static boolean isNotFound(CompletableFuture<HttpResponse<String>> answer) throws Exception {
        try {
            return answer.get(100, TimeUnit.MILLISECONDS).statusCode() == 404;
        } catch (TimeoutException held) {
            return false;
        }
    }

    @Test
    void wrongLabel_disablesThatContainerOnly() throws Exception {
        docker.createServer(
                "wrong",
                "--label",
                "lazystart.enable=true",
                "--label",
                "lazystart.path=/wrong",
                "--label",
                "lazystart.idle-timeout=soon");
        docker.createServer(
                "good",
                "--label",
                "lazystart.enable=true",
                "--label",
                "lazystart.path=/good",
                "--label",
                "lazystart.strip-prefix=true");

        try (Warnings warnings = Warnings.of(LazyStart.class);
                DockerHouse house = DockerHouse.open(folder, "providers: {docker: {discover: true}}\n")) {
            assertThat(house.get("/good").body()).isEqualTo("woken\n");
            assertThat(house.get("/wrong").statusCode()).isEqualTo(404);
            assertThat(docker.state("wrong")).isEqualTo("created");
            assertThat(warnings.about(docker.name("wrong")))
                    .containsExactly("docker: container " + docker.name("wrong")
                            + ": label lazystart.idle-timeout: soon (expected: a duration such as 250ms, 10s, 15m, 2h or"
                            + " PT1H30M, or never); this service is left out");
        }
    }

    @Test
    void twoServicesOfOneContainer_oneNamesItAndOneIsFoundByLabel_haveOneLife() throws Exception {
        docker.create(
                "two",
                "httpd -f -p 8081 -h /www & exec httpd -f -p 8080 -h /www",
                "-p",
                "127.0.0.1::8080",
                "-p",
                "127.0.0.1::8081",
                "--label",
                "lazystart.enable=true",
                "--label",
                "lazystart.name=admin",
                "--label",
                "lazystart.path=/admin",
                "--label",
                "lazystart.strip-prefix=true",
                "--label",
                "lazystart.port=8081",
                "--label",
                "lazystart.idle-timeout=100ms",
                "--label",
                "lazystart.stop.timeout=100ms");
        String web = service("web", "two", "idle-timeout: 1500ms", "paths: [/]")
                .replace("{container:", "{port: 8080, container:");
        try (DockerHouse house = DockerHouse.open(folder, "providers: {docker: {discover: true}}\nservices:\n" + web)) {
            CompletableFuture<HttpResponse<String>> first = house.ask("/");
            CompletableFuture<HttpResponse<String>> second = house.ask("/admin/");
            assertThat(first.get(60, TimeUnit.SECONDS).body()).isEqualTo("woken\n");
            assertThat(second.get(60, TimeUnit.SECONDS).body()).isEqualTo("woken\n");
            String run = docker.startedAt("two");

            awaitNothingFor(700); // admin sleeps by now
            assertThat(house.get("/").body()).isEqualTo("woken\n");
            assertThat(docker.startedAt("two")).isEqualTo(run);

            awaitState("two", "exited");
        }
    }

    @Test
    void hostIsRedeployed_whatRunsGoesOnAndIsAdoptedWithItsDependencies() throws Exception {
        docker.createServer("web");
        docker.create("db", "trap 'exit 0' TERM; sleep 1000 & wait");
        String yaml = "services:\n" + service("web", "web", "idle-timeout: 10m", "depends-on: [db]")
                + service("db", "db").replace("{container:", "{port: 0, container:");
        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            assertThat(house.get("/").statusCode()).isEqualTo(200);
        }
        String web = docker.startedAt("web");
        String db = docker.startedAt("db");

        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            assertThat(house.get("/").statusCode()).isEqualTo(200);
            awaitNothingFor(500); // a dependency that nobody holds would be put to sleep
            assertThat(docker.state("db")).isEqualTo("running");
        }
        assertThat(List.of(docker.startedAt("web"), docker.startedAt("db"))).containsExactly(web, db);
        assertThat(docker.state("web")).isEqualTo("running");
    }

    @Test
    void hostIsRedeployed_whatIsFoundIsAdoptedToo() throws Exception {
        docker.createServer(
                "web",
                "--label",
                "lazystart.enable=true",
                "--label",
                "lazystart.path=/",
                "--label",
                "lazystart.depends-on=" + docker.name("db"));
        docker.create(
                "db",
                "trap 'exit 0' TERM; sleep 1000 & wait",
                "--label",
                "lazystart.enable=true",
                "--label",
                "lazystart.port=0",
                "--label",
                "lazystart.idle-timeout=100ms");
        String yaml = "providers: {docker: {discover: true}}\n";
        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            assertThat(house.get("/").statusCode()).isEqualTo(200);
        }
        List<String> runs = List.of(docker.startedAt("web"), docker.startedAt("db"));

        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            assertThat(house.get("/").statusCode()).isEqualTo(200);
            awaitNothingFor(500); // a dependency that nobody holds would be put to sleep
            assertThat(docker.state("db")).isEqualTo("running");
        }
        assertThat(docker.state("web")).isEqualTo("running");
        assertThat(List.of(docker.startedAt("web"), docker.startedAt("db"))).isEqualTo(runs);
    }

    @Test
    void composeLabels_dependencyIsStartedBefore_andLeftRunningWhereItIsNotEnabled() throws Exception {
        String project = "com.docker.compose.project=" + docker.name("shop");
        docker.create(
                "shop-db-1",
                "trap 'exit 0' TERM; sleep 1000 & wait",
                "--label",
                project,
                "--label",
                "com.docker.compose.service=db");
        docker.createServer(
                "shop-web-1",
                "--label",
                project,
                "--label",
                "com.docker.compose.service=web",
                "--label",
                "com.docker.compose.depends_on=db:service_started:false",
                "--label",
                "lazystart.enable=true",
                "--label",
                "lazystart.path=/",
                "--label",
                "lazystart.idle-timeout=300ms",
                "--label",
                "lazystart.stop-timeout=100ms");
        try (DockerHouse house = DockerHouse.open(folder, "providers: {docker: {discover: true}}\n")) {
            assertThat(house.get("/").body()).isEqualTo("woken\n");
            assertThat(docker.startedAt("shop-db-1")).isLessThan(docker.startedAt("shop-web-1"));

            awaitState("shop-web-1", "exited");
            assertThat(docker.state("shop-db-1")).isEqualTo("running");
        }
    }

    @Test
    void healthCheck_readyByTheProvider_isServedOnceItPasses() throws Exception {
        docker.createServer(
                "web", "--health-cmd", "cat /tmp/well", "--health-interval", "200ms", "--health-retries", "100");
        try (DockerHouse house = DockerHouse.open(folder, "services:\n" + service("web", "web", "ready: provider"))) {
            CompletableFuture<HttpResponse<String>> held = house.ask("/");
            awaitState("web", "running");
            awaitNothingFor(500);
            assertThat(held).isNotDone();

            docker.docker("exec", docker.name("web"), "/bin/sh", "-c", "echo yes > /tmp/well");

            assertThat(held.get(60, TimeUnit.SECONDS).body()).isEqualTo("woken\n");
        }
    }
}
