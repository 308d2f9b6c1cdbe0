// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.LazyStart;
import io.lazystart.provider.PortRange;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What a held caller is told when its service cannot be started: real processes, real sockets, loopback only. */
@Timeout(120)
@Isolated("looks at how long something takes")
final class FailingStartTest {
    @TempDir
    Path directory;

    @Test
    void unitThatNeverListens_isSaidNotToBeReady() throws Exception {
        String[] command = new Backend(directory).script("exec sleep 600", "{port}");

        try (FrontDoor door =
                FrontDoor.open(directory, service -> service.process(command).wakeTimeout(Duration.ofMillis(700)))) {
            assertProblem(door.get("/"), "not ready");
        }
    }

    @Test
    void missingProgram_isNamed() throws Exception {
        try (FrontDoor door = FrontDoor.open(directory, service -> service.process("no-such-program", "{port}"))) {
            assertProblem(door.get("/"), "no-such-program");
        }
    }

    @Test
    void portRangeUsedUp_isNamed() throws Exception {
        Backend backend = new Backend(directory);
        String[] command = backend.application("");

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FrontDoor door = FrontDoor.open(
                        LazyStart.builder().portRange(new PortRange(taken.getLocalPort(), taken.getLocalPort())),
                        directory,
                        service -> service.process(command))) {
            assertProblem(door.get("/"), "port-range: " + taken.getLocalPort() + "-" + taken.getLocalPort());
            assertThat(backend.pids()).isEmpty();
        }
    }

    @Test
    void commandThatExits_callerIsToldAtOnceAndNothingStartsBeforeRetryAfter() throws Exception {
        Backend backend = new Backend(directory);
        Path exit = directory.resolve("exit");
        String[] command = backend.script("echo out of luck; : > \"$1\"; exit 3", exit.toString(), "{port}");

        try (FrontDoor door = FrontDoor.open(directory, service -> service.process(command))) {
            HttpResponse<String> first = door.get("/");
            Duration told = Duration.between(Files.getLastModifiedTime(exit).toInstant(), Instant.now());
            HttpResponse<String> refused = door.get("/");
            assertThat(backend.pids()).hasSize(1);
            long retryAfter = refused.headers().firstValueAsLong("Retry-After").orElseThrow();
            HttpResponse<String> later = CompletableFuture.supplyAsync(
                            () -> door.request("/").build(), in(retryAfter))
                    .thenCompose(door::send)
                    .get(60, TimeUnit.SECONDS);

            assertThat(told).isLessThan(Duration.ofMillis(500));
            assertProblem(first, "\"exitCode\":3");
            assertProblem(refused, "\"exitCode\":3");
            assertProblem(later, "\"exitCode\":3");
            assertThat(backend.pids()).hasSize(2);
        }
    }

    private static Executor in(long seconds) {
        return CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS);
    }

    private static void assertProblem(HttpResponse<String> answer, String text) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        assertThat(answer.body()).contains(text);
    }
}
