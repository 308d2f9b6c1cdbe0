// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a service goes to sleep and when not: real processes, real sockets, loopback only. */
@Timeout(120)
@Isolated("looks at how long something takes")
final class GoingToSleepTest {
    private static final Duration IDLE = Duration.ofMillis(300);

    /** The bounds are to hold in three rounds of four: in the others the machine may have been busy elsewhere. */
    private static final int ROUNDS = 8;

    private static final int IN_BOUNDS = 6;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"/download?mib=1&seconds=1, 1048576", "/slow?seconds=1, 19"})
    void answerThatTakesThreeIdleTimes_isNotCut(String path, int length) throws Exception {
        Backend backend = new Backend(directory);
        String[] command = backend.application("");

        try (FrontDoor door =
                FrontDoor.open(directory, service -> service.process(command).idleTimeout(IDLE))) {
            HttpResponse<byte[]> answer = door.sendForBytes(path).get(60, TimeUnit.SECONDS);
            List<WakeEvent.Type> before = door.types();

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).hasSize(length);
            assertThat(before).doesNotContain(WakeEvent.Type.STOPPING);
            door.next(WakeEvent.Type.STOPPING);
            assertThat(backend.pids()).hasSize(1);
        }
    }

    @Test
    void lastRelease_stopComesInTimeAndTakesTheWholeTreeAlong() throws Exception {
        Backend backend = new Backend(directory);
        // A Java machine alone takes 0.3 s to end; this application ends on SIGTERM at once.
        String[] command = backend.script(
                "(sleep 600 & echo $! >> \"$0\"); \"$@\" & echo $! >> \"$0\"; trap 'kill -9 '$!'; exit 0' TERM; wait",
                Backend.application());
        List<Duration> late = new ArrayList<>();
        List<Duration> ending = new ArrayList<>();

        try (FrontDoor door =
                FrontDoor.open(directory, service -> service.process(command).idleTimeout(IDLE))) {
            for (int round = 1; round <= ROUNDS; round++) {
                Lease lease = door.watcher().acquire(Duration.ofSeconds(60));
                Instant before = Instant.now();
                lease.close();
                Instant after = Instant.now(); // what the thread of the test lost in between is not the core's
                WakeEvent stopping = door.next(WakeEvent.Type.STOPPING);
                WakeEvent napping = door.next(WakeEvent.Type.NAPPING);

                assertThat(backend.pids()).hasSize(3 * round);
                for (long pid : backend.pids()) {
                    assertThat(Backend.runs(pid))
                            .as("process %s of %s", pid, backend.pids())
                            .isFalse();
                }
                assertThat(Duration.between(before, stopping.timestamp())).isGreaterThan(IDLE.minusMillis(2));
                late.add(Duration.between(after.plus(IDLE), stopping.timestamp()));
                ending.add(Duration.between(stopping.timestamp(), napping.timestamp()));
            }
        }

        assertThat(highest(late)).as("%s", late).isLessThanOrEqualTo(Duration.ofMillis(50));
        assertThat(highest(ending)).as("%s", ending).isLessThanOrEqualTo(Duration.ofMillis(250));
    }

    @Test
    void stopping_wakeArrives_isServedAfterExactlyOneRestart() throws Exception {
        Backend backend = new Backend(directory);
        Path mayEnd = directory.resolve("may-end");
        // The unit has been told to end and takes its time: until it may.
        String[] command = backend.script(
                "trap 'while [ ! -e \"" + mayEnd + "\" ]; do sleep 0.02; done; exit 0' TERM; \"$@\" & wait; wait",
                Backend.application());

        try (FrontDoor door = FrontDoor.open(directory, service -> service.process(command))) {
            assertThat(door.get("/healthz").statusCode()).isEqualTo(200);
            door.watcher().sleep();
            door.next(WakeEvent.Type.STOPPING);
            CompletableFuture<Lease> wake = door.watcher()
                    .acquire(WakeRequest.of(Cause.person("a test")))
                    .toCompletableFuture();
            CompletableFuture<HttpResponse<String>> request =
                    door.send(door.request("/healthz").build());
            assertThat(wake).isNotDone();
            assertThat(backend.pids()).hasSize(1);

            Files.createFile(mayEnd);

            wake.get(60, TimeUnit.SECONDS).close();
            assertThat(request.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(backend.pids()).hasSize(2);
            assertThat(door.types().stream().filter(WakeEvent.Type.STARTING::equals))
                    .hasSize(2);
        }
    }

    /** Of those that have to be in bounds. */
    private static Duration highest(List<Duration> figures) {
        List<Duration> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        return sorted.get(IN_BOUNDS - 1);
    }
}
