// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lazystart.provider.Exit;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresPeer("setsid")
class StartPeerTest {
    @TempDir
    private Path folder;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void running_itsProcesses_areTheWholeTree() throws Exception {
        Unit unit = bench.script("app", "sleep 300 & echo $! > child; echo $$ > leader; wait");
        assertThat(unit.pids()).isEmpty();

        unit.start();

        long leader = bench.pid("leader");
        long child = bench.pid("child");
        assertThat(unit.pids()).contains(leader, child);
        unit.kill();
        assertThat(unit.pids()).isEmpty();
    }

    @Test
    void start_runs_inASessionOfItsOwn() throws Exception {
        Unit unit = bench.script("app", "echo $$ > leader; sleep 300");

        String run = unit.start();

        long leader = bench.pid("leader");
        assertThat(ProcessTable.ofSystem().find(leader).session()).isEqualTo(leader);
        assertThat(run).startsWith(leader + "-");
        assertThat(unit.status().state()).isEqualTo(State.RUNNING);
        assertThat(unit.status().run()).isEqualTo(run);
        assertThat(unit.address()).isNull();
        UnitEvent started = bench.next(UnitEvent.Kind.STARTED);
        assertThat(started).isEqualTo(new UnitEvent("app", UnitEvent.Kind.STARTED, run, null));
    }

    @Test
    void start_runsAlready_isLeftAlone() throws Exception {
        Unit unit = bench.script("app", "echo $$ >> leaders; sleep 300");
        String run = unit.start();

        assertThat(unit.start()).isEqualTo(run);

        bench.next(UnitEvent.Kind.STARTED);
        assertThat(bench.quiet()).isTrue();
    }

    @Test
    void start_commandFails_codeAndLastLinesAreToldWithin500Millis() throws Exception {
        Unit unit = bench.script("app", "for i in $(seq 60); do echo line $i; done; echo no luck >&2; exit 3");

        String run = unit.start();
        bench.next(UnitEvent.Kind.STARTED);
        long began = System.nanoTime();
        UnitEvent ended = bench.next(UnitEvent.Kind.ENDED);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(500));
        assertThat(ended.run()).isEqualTo(run);
        Exit exit = ended.exit();
        assertThat(exit.code()).isEqualTo(3);
        assertThat(exit.clean()).isFalse();
        assertThat(exit.output()).hasSize(50).startsWith("line 12").endsWith("line 60", "no luck");
        assertThat(unit.status().exit()).isEqualTo(exit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec sleep 300", // ends by the signal
                "trap 'exit 143' TERM; while :; do sleep 0.05; done" // handles it, as a JVM does
            })
    void terminatedFromOutside_isACleanEnd(String program) throws Exception {
        Unit unit = bench.script("app", "echo $$ > leader; " + program);
        unit.start();
        bench.next(UnitEvent.Kind.STARTED);

        ProcessHandle.of(bench.pid("leader")).orElseThrow().destroy();

        Exit exit = bench.exit();
        assertThat(exit.code()).isEqualTo(143);
        assertThat(exit.clean()).isTrue();
    }

    @Test
    void start_againAfterTheEnd_isAnotherRunAndKeepsTheOutputBefore() throws Exception {
        Unit unit = bench.script("app", "echo run $$");
        String first = unit.start();
        bench.next(UnitEvent.Kind.STARTED);
        String firstLine = bench.exit().output().get(0);

        String second = unit.start();

        assertThat(second).isNotEqualTo(first);
        bench.next(UnitEvent.Kind.STARTED);
        assertThat(bench.exit().output().get(0)).isNotEqualTo(firstLine);
        assertThat(bench.files("app").resolve("output.1.log")).hasContent(firstLine);
    }

    @Test
    void start_leaderEndsAndLeavesAChild_theChildIsKilled() throws Exception {
        Unit unit = bench.script(
                "app",
                "(setsid sh -c 'echo $$ > daemon; exec sleep 300' &); "
                        + "while [ ! -s daemon ]; do sleep 0.01; done; exit 0");
        unit.start();
        long daemon = bench.pid("daemon");
        bench.next(UnitEvent.Kind.STARTED);

        Exit exit = bench.exit();

        assertThat(exit.clean()).isTrue();
        await().atMost(Bench.PATIENCE).until(() -> !Bench.alive(daemon));
        await().atMost(Bench.PATIENCE)
                .until(() -> Files.notExists(bench.files("app").resolve("run.json")));
    }

    @Test
    void start_programMissing_saysSoAndRecordsNothing() throws Exception {
        Unit unit = bench.unit("app", Map.of("command", List.of("no-such-program", "x")));

        assertThatThrownBy(unit::start)
                .isInstanceOf(ProviderException.class)
                .hasMessageStartingWith("command: no-such-program (expected: a program in one of ");

        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        assertThat(bench.files("app")).doesNotExist();
        assertThat(bench.quiet()).isTrue();
    }

    @Test
    void start_directoryMissing_saysSo() {
        Unit unit = bench.unit("app", Map.of("command", List.of("sh"), "directory", "/no/such/folder"));

        assertThatThrownBy(unit::start)
                .isInstanceOf(ProviderException.class)
                .hasMessage("directory: /no/such/folder (expected: a folder that exists)");
    }

    @Test
    void start_port_isFilledInAndToldAsAddress() throws Exception {
        Unit unit = bench.unit(
                "app",
                Map.of(
                        "command", List.of("sh", "-c", "echo {port} $PORT > ports; sleep 300"),
                        "directory", folder.toString(),
                        "environment", Map.of("PORT", "p{port}")));
        unit.start();

        UnitAddress address = unit.address();

        assertThat(address.host()).isEqualTo("127.0.0.1");
        assertThat(bench.text("ports")).isEqualTo(address.port() + " p" + address.port());
        unit.stop(null, Duration.ofSeconds(10));
        assertThat(unit.address()).isNull();
    }

    @Test
    void start_portTakenByAnother_isSkipped(@TempDir Path other) throws Exception {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Bench narrow = new Bench(
                        other,
                        new PortRange(first.getLocalPort(), Math.min(65_535, first.getLocalPort() + 20)),
                        ProcessTable.ofSystem())) {
            Unit unit = narrow.script("app", "echo {port}; sleep 300");

            unit.start();

            assertThat(unit.address().port()).isGreaterThan(first.getLocalPort());
        }
    }

    @Test
    void start_portRangeUsedUp_saysSoAndNothingIsStarted(@TempDir Path other) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Bench narrow = new Bench(
                        other, new PortRange(taken.getLocalPort(), taken.getLocalPort()), ProcessTable.ofSystem())) {
            Unit unit = narrow.script("app", "echo {port}; sleep 300");

            assertThatThrownBy(unit::start)
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("is used up, 0 by units and 1 by other programs");

            assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void start_launchFails_portIsGivenBack(@TempDir Path other) throws Exception {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = probe.getLocalPort();
            probe.close();
            try (Bench narrow = new Bench(other, new PortRange(port, port), ProcessTable.ofSystem())) {
                Unit broken = narrow.unit("broken", Map.of("command", List.of("no-such-program", "{port}")));
                Unit good = narrow.script("good", "echo {port}; sleep 300");
                assertThatThrownBy(broken::start).hasMessageContaining("no-such-program");

                good.start();

                assertThat(good.address().port()).isEqualTo(port);
            }
        }
    }

    @Test
    void files_areTheOwnersAlone() throws Exception {
        Unit unit = bench.script("app", "sleep 300");

        unit.start();

        for (Path closed : List.of(bench.state().resolve("process"), bench.files("app"))) {
            assertThat(Files.getPosixFilePermissions(closed)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
        for (String file : List.of("run.json", "output.log")) {
            assertThat(Files.getPosixFilePermissions(bench.files("app").resolve(file)))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void close_leavesNoThreadAndNoDescriptor() throws Exception {
        Unit unit = bench.script("app", "echo $$");
        unit.start();
        bench.next(UnitEvent.Kind.STARTED);
        bench.exit();

        bench.close();

        await().atMost(Bench.PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lazystart-process")));
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(Files::exists).map(StartPeerTest::target))
                    .noneMatch(target -> target.startsWith(folder.toString()));
        }
        assertThatThrownBy(unit::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (java.io.IOException gone) {
            return "";
        }
    }
}
