// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresPeer("setsid")
class AdoptionPeerTest {
    private static final String SCRIPT = "echo port {port}; echo $$ > leader; sleep 300";

    @TempDir
    private Path folder;

    private Bench bench;

    @AfterEach
    void close() throws Exception {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void nextHost_findsTheSameRun() throws Exception {
        Left left = leave(SCRIPT);

        Unit unit = adopt(SCRIPT);

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, left.run(), null));
        assertThat(unit.address()).isEqualTo(left.address());
        assertThat(unit.start()).isEqualTo(left.run());
        assertThat(Bench.alive(left.pid())).isTrue();
        assertThat(bench.quiet()).isTrue();
    }

    @Test
    void nextHost_stopsTheWholeTree() throws Exception {
        String script = "(setsid sh -c 'echo $$ > daemon; exec sleep 300' &); " + SCRIPT;
        Left left = leave(script);
        Unit unit = adopt(script);
        long daemon = bench.pid("daemon");

        unit.stop(null, Duration.ofSeconds(10));

        assertThat(Bench.alive(left.pid())).isFalse();
        assertThat(Bench.alive(daemon)).isFalse();
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void adoptedLeaderEnds_isToldWithAnUnknownCode() throws Exception {
        Left left = leave(SCRIPT);
        Unit unit = adopt(SCRIPT);
        unit.status();

        ProcessHandle.of(left.pid()).orElseThrow().destroyForcibly();
        UnitEvent ended = bench.next(UnitEvent.Kind.ENDED);

        assertThat(ended.run()).isEqualTo(left.run());
        assertThat(ended.exit().code()).isNull();
        assertThat(ended.exit().output())
                .containsExactly("port " + left.address().port());
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void pausedRun_isAdoptedAsPaused() throws Exception {
        bench = new Bench(folder);
        Unit first = bench.script("app", SCRIPT);
        String run = first.start();
        first.pause();
        bench.leave();

        Unit unit = adopt(SCRIPT);

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.PAUSED, run, null));
        unit.unpause();
        assertThat(unit.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void pidUsedAgain_isNotMistakenAndNotTouched() throws Exception {
        Process stranger = new ProcessBuilder("setsid", "sleep", "300").start();
        try {
            long start = ProcessTable.ofSystem().find(stranger.pid()).id().start();
            record(new ProcessId(stranger.pid(), start - 1));
            Unit unit = adopt(SCRIPT);

            assertThat(unit.status().state()).isEqualTo(State.STOPPED);
            unit.kill();
            assertThat(stranger.isAlive()).isTrue();
            assertThat(unit.start()).doesNotStartWith(stranger.pid() + "-");
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void recordOfAnotherBoot_isForgotten() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "300").start();
        try {
            ProcessId id = ProcessTable.ofSystem().find(stranger.pid()).id();
            new RunStore(serviceFolder()).save(new RunRecord(id, "another-boot", "0".repeat(32), null, Instant.EPOCH));
            Unit unit = adopt(SCRIPT);

            assertThat(unit.status().state()).isEqualTo(State.STOPPED);
            unit.kill();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void leaderDiedWhileNoHostWatched_leftoversAreKilledAndThePortIsFree() throws Exception {
        String script = "(setsid sh -c 'echo $$ > daemon; exec sleep 300' &); " + SCRIPT;
        Left left = leave(script);
        ProcessHandle.of(left.pid()).orElseThrow().destroyForcibly();
        await().atMost(Bench.PATIENCE).until(() -> !Bench.alive(left.pid()));

        Unit unit = adopt(script);
        long daemon = bench.pid("daemon");

        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        await().atMost(Bench.PATIENCE).until(() -> !Bench.alive(daemon));
        assertThat(unit.status().exit().code()).isNull();
    }

    @Test
    void hostDiedBetweenStartAndRecord_theRunIsFoundByItsMark() throws Exception {
        String cookie = "a".repeat(32);
        ProcessBuilder builder = new ProcessBuilder("setsid", "sleep", "300");
        builder.environment().put(Launcher.COOKIE, cookie);
        Process lost = builder.start();
        ProcessTable table = ProcessTable.ofSystem();
        await().atMost(Bench.PATIENCE).until(() -> table.began(lost.pid(), Launcher.COOKIE + "=" + cookie));
        new RunStore(serviceFolder())
                .save(new RunRecord(new ProcessId(0, 0), table.bootId(), cookie, null, Instant.EPOCH));

        Unit unit = adopt(SCRIPT);

        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        assertThat(lost.waitFor()).isEqualTo(137);
    }

    @Test
    void corruptRecord_isSetAside() throws Exception {
        Files.createDirectories(serviceFolder());
        Files.writeString(serviceFolder().resolve("run.json"), "{\"pid\": 1, ");

        Unit unit = adopt(SCRIPT);

        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        assertThat(serviceFolder().resolve("run.corrupt.json")).hasContent("{\"pid\": 1, ");
        assertThat(unit.start()).isNotNull();
    }

    @Test
    void secondHost_isRefusedAndTheFirstKeepsTheLock() {
        bench = new Bench(folder);

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> new Bench(folder))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("state-directory: ")
                    .hasMessageContaining("in use by the host with process id "
                            + ProcessHandle.current().pid())
                    .hasMessageContaining("one of its own for each host");
        }
    }

    @Test
    void adoptedPort_isNotGivenToAnother() throws Exception {
        Left left = leave(SCRIPT);
        int port = left.address().port();
        bench = new Bench(folder, new PortRange(port, port), ProcessTable.ofSystem());
        bench.script("app", SCRIPT).status();
        Unit other = bench.script("other", SCRIPT);

        assertThatThrownBy(other::start).hasMessageContaining("is used up, 1 by units and 0 by other programs");
    }

    @Test
    void manyAdopted_areWatchedByOneTimer() throws Exception {
        bench = new Bench(folder);
        for (int i = 0; i < 5; i++) {
            bench.script("app" + i, "sleep 300").start();
        }
        bench.leave();
        bench = new Bench(folder);

        for (int i = 0; i < 5; i++) {
            assertThat(bench.script("app" + i, "sleep 300").status().state()).isEqualTo(State.RUNNING);
        }

        assertThat(bench.timers()).isLessThanOrEqualTo(1);
    }

    @Test
    void hostKilled_theNextAdoptsAndTheLockIsFree() throws Exception {
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostMain.class.getName(),
                        folder.toString(),
                        SCRIPT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String run;
        try {
            run = text("run");
            assertThatThrownBy(() -> new Bench(folder))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("in use by the host with process id " + host.pid());
        } finally {
            host.destroyForcibly().waitFor();
        }

        Unit unit = adopt(SCRIPT);
        UnitStatus status = unit.status();

        assertThat(status).isEqualTo(new UnitStatus(State.RUNNING, run, null));
        assertThat(run).startsWith(bench.pid("leader") + "-");
        unit.stop(null, Duration.ofSeconds(10));
        assertThat(Bench.alive(bench.pid("leader"))).isFalse();
        assertThat(bench.exit().code()).isNull();
    }

    private String text(String file) {
        return Bench.text(folder, file);
    }

    private Left leave(String script) throws Exception {
        bench = new Bench(folder);
        Unit unit = bench.script("app", script);
        String run = unit.start();
        Left left = new Left(run, bench.pid("leader"), unit.address());
        bench.leave();
        return left;
    }

    private Unit adopt(String script) {
        bench = new Bench(folder);
        return bench.script("app", script);
    }

    private void record(ProcessId id) throws IOException {
        String boot = ProcessTable.ofSystem().bootId();
        new RunStore(serviceFolder()).save(new RunRecord(id, boot, "0".repeat(32), null, Instant.EPOCH));
    }

    private Path serviceFolder() {
        return folder.resolve("state/process/app");
    }

    private record Left(String run, long pid, UnitAddress address) {}
}
