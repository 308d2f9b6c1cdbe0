// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services are configured while the sweeper ends what an earlier host has left. */
@RequiresPeer("setsid")
class OrphansCrossingsPeerTest {
    private final SlowTable table = new SlowTable();
    private final List<Long> left = new ArrayList<>();

    @TempDir
    private Path folder;

    private Bench bench;

    @AfterEach
    void close() throws Exception {
        table.listed.countDown();
        table.broken = false;
        left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        bench.close();
    }

    @Test
    void configured_whileAnotherOrphanIsEnded_keepsItsRun() throws Exception {
        String runOfA = leave("a");
        String runOfZ = leave("z");
        open();
        bench.provider.configured();
        await().atMost(Bench.PATIENCE).until(() -> told("a") || told("z"));
        String first = told("a") ? "a" : "z";
        String second = told("a") ? "z" : "a";

        Unit unit = bench.script(second, script(second));
        UnitStatus adopted = unit.status();
        letGo(first);
        awaitForgotten(first);
        bench.leave();

        assertThat(adopted).isEqualTo(new UnitStatus(State.RUNNING, second.equals("a") ? runOfA : runOfZ, null));
        assertThat(unit.status()).isEqualTo(adopted);
        assertThat(told(second)).isFalse();
    }

    @Test
    void configured_whileItsOwnOrphanIsEnded_isStoppedAndStartsAfreshAfterTheEnd() throws Exception {
        String orphan = leave("a");
        open();
        bench.provider.configured();
        await().atMost(Bench.PATIENCE).until(() -> told("a"));

        Unit unit = bench.script("a", "exec sleep 300");
        UnitStatus before = unit.status();
        FutureTask<String> start = new FutureTask<>(unit::start);
        Thread starter = new Thread(start);
        starter.start();
        await().atMost(Bench.PATIENCE).until(() -> starter.getState() == Thread.State.WAITING);
        letGo("a");
        String run = start.get(Bench.PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(before).isEqualTo(new UnitStatus(State.STOPPED, null, null));
        assertThat(Bench.alive(left.get(0))).isFalse();
        assertThat(run).isNotEqualTo(orphan);
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
        assertThat(bench.next(UnitEvent.Kind.STARTED).run()).isEqualTo(run);
    }

    @Test
    void releasedAndAskedForAgain_whileItsOwnOrphanIsEnded_isStopped() throws Exception {
        leave("a");
        open();
        bench.provider.configured();
        await().atMost(Bench.PATIENCE).until(() -> told("a"));

        bench.script("a", script("a"));
        bench.provider.released("a");
        UnitStatus status = bench.script("a", script("a")).status();
        letGo("a");
        awaitForgotten("a");

        assertThat(status.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void configuredAndStarted_beforeOrphansAreLookedFor_keepsItsRun() throws Exception {
        leaveDead("dead");
        leaveDead("orphan");
        open();
        table.slow = true;
        bench.script("dead", "exit").status(); // what it left is cleared by the sweeper, which this holds up
        bench.provider.configured();

        Unit unit = bench.script("late", script("late"));
        String run = unit.start();
        left.add(bench.pid("late.pid"));
        table.listed.countDown();
        awaitForgotten("orphan");
        bench.leave();

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
        assertThat(told("late")).isFalse();
    }

    @Test
    void endFails_whoIsConfiguredLaterHasTheRun() throws Exception {
        String orphan = leave("a");
        open();
        table.broken = true;
        bench.provider.configured();
        assertThat(table.failed.await(Bench.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        table.broken = false;

        Unit unit = bench.script("a", script("a"));
        await().atMost(Bench.PATIENCE).until(() -> unit.status().state() == State.RUNNING);
        ProcessHandle.of(left.get(0)).orElseThrow().destroyForcibly();

        assertThat(bench.next(UnitEvent.Kind.ENDED).run()).isEqualTo(orphan);
        awaitForgotten("a");
    }

    /** Leaves a run of a service, which says when it is told to end and then waits until it is let go. */
    private String leave(String service) throws Exception {
        Bench earlier = new Bench(folder);
        String run = earlier.script(service, script(service)).start();
        left.add(earlier.pid(service + ".pid"));
        earlier.leave();
        return run;
    }

    private void leaveDead(String service) throws IOException {
        RunRecord record = new RunRecord(
                new ProcessId(0, 0), ProcessTable.ofSystem().bootId(), "a".repeat(32), null, Instant.EPOCH);
        new RunStore(folder.resolve("state/process").resolve(service)).save(record);
    }

    private void open() {
        bench = new Bench(folder, new PortRange(21_000, 21_099), table);
    }

    private static String script(String service) {
        return "mkfifo %1$s.gate; trap 'echo > %1$s.told; read line < %1$s.gate; exit' TERM; echo $$ > %1$s.pid; "
                        .formatted(service)
                + "sleep 300 & wait";
    }

    private boolean told(String service) {
        return bench.has(service + ".told");
    }

    private void letGo(String service) throws IOException {
        Files.writeString(folder.resolve(service + ".gate"), "\n");
    }

    private void awaitForgotten(String service) {
        await().atMost(Bench.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Files.notExists(bench.files(service).resolve("run.json")));
    }

    /** The system's table, whose list of all processes can be kept back or fail. */
    private static final class SlowTable implements ProcessTable {
        private final ProcessTable system = ProcessTable.ofSystem();
        private final CountDownLatch listed = new CountDownLatch(1);
        private final CountDownLatch failed = new CountDownLatch(1);
        private volatile boolean slow;
        private volatile boolean broken;

        @Override
        public List<ProcessEntry> all() throws IOException {
            if (broken) {
                failed.countDown();
                throw new IOException("no list");
            }
            if (slow) {
                try {
                    listed.await();
                } catch (InterruptedException closing) {
                    throw new IOException(closing);
                }
            }
            return system.all();
        }

        @Override
        public @Nullable ProcessEntry find(long pid) throws IOException {
            return system.find(pid);
        }

        @Override
        public boolean began(long pid, String assignment) {
            return system.began(pid, assignment);
        }

        @Override
        public @Nullable String bootId() {
            return system.bootId();
        }

        @Override
        public boolean tellsState() {
            return system.tellsState();
        }
    }
}
