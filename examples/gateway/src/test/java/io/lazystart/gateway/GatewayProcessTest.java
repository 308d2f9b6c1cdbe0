// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a user starts it, with the demo application behind it: real processes, real sockets, loopback only. */
@Timeout(180)
final class GatewayProcessTest {
    private static final Pattern PID = Pattern.compile("<dd id=\"pid\">([0-9]+)</dd>");

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private long demoPid = -1;
    private long slowPid = -1;

    @AfterEach
    void endWhatIsLeft() {
        LongStream.of(demoPid, slowPid)
                .filter(pid -> pid > 0)
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Test
    void fresh_visitorGetsPageAndPlainCallerTheApplication() throws Exception {
        try (GatewayProcess gateway = start()) {
            HttpResponse<String> page = client.send(
                    HttpRequest.newBuilder(gateway.url())
                            .header("Accept", "text/html")
                            .build(),
                    BodyHandlers.ofString());
            HttpResponse<String> application = get(gateway.url());

            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.headers().firstValue("LazyStart-Status")).hasValue("starting");
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(page.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
            assertThat(page.body()).contains("demo");
            assertThat(application.statusCode()).isEqualTo(200);
            assertThat(application.body()).contains("This application was asleep");
            demoPid = pid(application);
        }
        assertThat(Backend.runs(demoPid)).isFalse();
    }

    @Test
    void coldPost_arrivesWhole() throws Exception {
        byte[] body = new byte[1 << 20];
        new Random(1).nextBytes(body);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));

        try (GatewayProcess gateway = start()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(gateway.url().resolve("/echo"))
                            .POST(BodyPublishers.ofByteArray(body))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(answer.body()).isEqualTo("{\"length\":1048576,\"sha256\":\"" + hash + "\"}\n");
        }
    }

    @Test
    void killed_startedAgain_sameProcessServes() throws Exception {
        try (GatewayProcess first = start()) {
            demoPid = pid(get(first.url()));
            first.kill();
        }
        assertThat(Backend.runs(demoPid)).isTrue();

        try (GatewayProcess second = start()) {
            assertThat(pid(get(second.url()))).isEqualTo(demoPid);
        }
        assertThat(Backend.runs(demoPid)).isFalse();
    }

    @Test
    void sigterm_openRequest_isFinishedAndTheReadyServiceIsStopped() throws Exception {
        try (GatewayProcess gateway = start()) {
            demoPid = pid(get(gateway.url()));
            CompletableFuture<HttpResponse<String>> open = client.sendAsync(
                    HttpRequest.newBuilder(gateway.url().resolve("/events?count=3"))
                            .build(),
                    begun -> {
                        gateway.sigterm();
                        return HttpResponse.BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8);
                    });

            assertThat(open.get(30, TimeUnit.SECONDS).body()).contains("tick 3");
            assertThat(gateway.exitCode()).isZero();
            assertThat(Backend.runs(demoPid)).isFalse();
            assertThat(gateway.lines()).noneMatch(line -> line.contains("Exception"));
        }
    }

    @Test
    void sigterm_heldRequest_isToldAndTheServiceThatStartsIsStopped() throws Exception {
        Path begun = directory.resolve("begun");
        Path file = yaml("""
                services:
                  slow:
                    process: {command: [sh, -c, 'echo $$ > "$1"; exec sleep 600', slow, '%s', '{port}']}
                """.formatted(begun));

        try (GatewayProcess gateway =
                GatewayProcess.start(directory, "--listen", "127.0.0.1:0", "--config", file.toString())) {
            CompletableFuture<HttpResponse<String>> held =
                    client.sendAsync(HttpRequest.newBuilder(gateway.url()).build(), BodyHandlers.ofString());
            await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(begun) && Files.size(begun) > 0);
            slowPid = Long.parseLong(Files.readString(begun).strip());
            assertThat(Backend.runs(slowPid)).isTrue();

            gateway.sigterm();

            HttpResponse<String> answer = held.get(9, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(answer.body()).contains("closing");
            assertThat(gateway.exitCode()).isZero();
            assertThat(gateway.lines()).noneMatch(line -> line.contains("are cut"));
            assertThat(Backend.runs(slowPid)).isFalse();
        }
    }

    @Test
    void takenPort_isOneLineAndLeavesEverythingAlone() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GatewayProcess gateway =
                        GatewayProcess.start(directory, "--listen", "127.0.0.1:" + taken.getLocalPort())) {
            assertThat(gateway.exitCode()).isEqualTo(1);
            assertThat(gateway.lines())
                    .singleElement()
                    .asString()
                    .startsWith("gateway: --listen: 127.0.0.1:" + taken.getLocalPort() + " cannot be listened on: ")
                    .endsWith("(expected: an address that is free; choose one with --listen HOST:PORT)");
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void stateDirectoryInUse_isOneLine() throws Exception {
        try (GatewayProcess first = start()) {
            first.url();
            try (GatewayProcess second = start()) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertThat(second.lines()).singleElement().asString().contains("is in use by");
            }
        }
    }

    @Test
    void commandThatFails_heldCallerGetsExitCode() throws Exception {
        Path file = yaml("""
                services:
                  broken:
                    process: {command: [sh, -c, 'echo out of luck; exit 3', broken, '{port}']}
                    paths: [/broken]
                """);

        try (GatewayProcess gateway =
                GatewayProcess.start(directory, "--listen", "127.0.0.1:0", "--config", file.toString())) {
            HttpResponse<String> answer = get(gateway.url().resolve("/broken"));
            HttpResponse<String> elsewhere = get(gateway.url().resolve("/elsewhere"));

            assertThat(answer.statusCode()).as(answer.body() + gateway.lines()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(answer.body()).contains("\"exitCode\":3").doesNotContain("out of luck");
            assertThat(elsewhere.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void twoServices_areRoutedByPath() throws Exception {
        String demo = "[" + GatewayProcess.demo(0) + "]";
        Path file = yaml("""
                state-directory: %s
                defaults: {ready: {http: /healthz}}
                services:
                  one: {process: {command: %s}, paths: [/one], strip-prefix: true}
                  all: {process: {command: %s}}
                """.formatted(directory.resolve("own"), demo, demo));

        try (GatewayProcess gateway =
                GatewayProcess.start(directory, "--listen", "127.0.0.1:0", "--config", file.toString())) {
            long one = pid(get(gateway.url().resolve("/one")));
            long all = pid(get(gateway.url()));

            assertThat(one).isNotEqualTo(all);
            assertThat(get(gateway.url().resolve("/one/healthz")).body()).isEqualTo("ok\n");
        }
    }

    private GatewayProcess start() {
        return GatewayProcess.start(directory, "--listen", "127.0.0.1:0");
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static long pid(HttpResponse<String> frontPage) {
        Matcher pid = PID.matcher(frontPage.body());
        assertThat(pid.find()).as(frontPage.body()).isTrue();
        return Long.parseLong(pid.group(1));
    }

    private Path yaml(String content) throws Exception {
        return Files.writeString(directory.resolve("gateway.yaml"), content);
    }
}
