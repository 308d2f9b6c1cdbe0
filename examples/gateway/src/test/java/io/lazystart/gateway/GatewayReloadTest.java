// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose file is edited while it serves: real processes, real sockets, loopback only. */
@Timeout(180)
final class GatewayReloadTest {
    private static final Pattern PID = Pattern.compile("<dd id=\"pid\">([0-9]+)</dd>");

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A service of the demo application, which serves below its name. */
    private static String service(String name, int bootMillis) throws Exception {
        return "  %s:%n    process: {command: [%s]}%n    paths: [/%s]%n    strip-prefix: true%n"
                .formatted(name, GatewayProcess.demo(bootMillis), name);
    }

    private Path write(String... services) throws IOException {
        Path file = directory.resolve("lazystart.yaml");
        Path next = directory.resolve("next.yaml");
        Files.writeString(next, "services:\n" + String.join("", services));
        return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private GatewayProcess start(Path file) {
        return GatewayProcess.start(directory.resolve("state"), "--listen", "127.0.0.1:0", "--config", file.toString());
    }

    private HttpResponse<String> get(URI gateway, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(gateway.resolve(path)).build(), BodyHandlers.ofString());
    }

    private long pid(URI gateway, String path) throws Exception {
        HttpResponse<String> page = get(gateway, path);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        Matcher found = PID.matcher(page.body());
        assertThat(found.find()).as(page.body()).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static void awaitLine(GatewayProcess gateway, String part) {
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(gateway.lines()).anyMatch(line -> line.contains(part)));
    }

    @Test
    void addedChangedRemoved_theOtherIsNotDisturbed() throws Exception {
        Path file = write(service("same", 0), service("changed", 0), service("removed", 0));
        try (GatewayProcess gateway = start(file)) {
            URI url = gateway.url();
            long same = pid(url, "/same/");
            long changed = pid(url, "/changed/");
            long removed = pid(url, "/removed/");
            List<Integer> answers = new CopyOnWriteArrayList<>();
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> callers = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    try {
                        answers.add(get(url, "/same/").statusCode());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            });

            write(service("same", 0), service("changed", 50), service("added", 0));
            awaitLine(gateway, "configuration reloaded: added added; changed changed; removed removed");
            long now = pid(url, "/changed/");
            long added = pid(url, "/added/");
            await().atMost(30, TimeUnit.SECONDS).until(() -> !Backend.runs(removed) && !Backend.runs(changed));
            over.set(true);
            callers.get(30, TimeUnit.SECONDS);

            assertThat(now).isNotEqualTo(changed);
            assertThat(Backend.runs(added)).isTrue();
            assertThat(get(url, "/removed/").statusCode()).isEqualTo(404);
            assertThat(answers).hasSizeGreaterThan(3).containsOnly(200);
            assertThat(pid(url, "/same/")).isEqualTo(same);
            gateway.sigterm();
            assertThat(gateway.exitCode()).isZero();
            assertThat(List.of(same, now, added)).noneMatch(pid -> {
                try {
                    return Backend.runs(pid);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(gateway.lines()).noneMatch(line -> line.contains("Exception"));
        }
    }

    @Test
    void badFile_isRefusedInOneLine_andServesOn() throws Exception {
        Path file = write(service("same", 0));
        try (GatewayProcess gateway = start(file)) {
            URI url = gateway.url();
            long same = pid(url, "/same/");

            write(service("same", 0), "  other: {paths: [no-slash]}\n");
            awaitLine(gateway, "the changed configuration is refused, and nothing has changed: ");
            write("services: [");
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> gateway.lines().stream()
                                    .filter(line -> line.contains("is refused, and nothing"))
                                    .count()
                            == 2);
            Files.delete(file);
            awaitLine(gateway, "no such file");
            assertThat(pid(url, "/same/")).isEqualTo(same);

            write(service("same", 0), service("added", 0));
            awaitLine(gateway, "configuration reloaded: added added");
            assertThat(pid(url, "/same/")).isEqualTo(same);
            pid(url, "/added/");
        }
    }
}
