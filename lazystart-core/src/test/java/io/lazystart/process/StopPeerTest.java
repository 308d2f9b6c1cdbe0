// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresPeer("setsid")
class StopPeerTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private Bench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new Bench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void stop_commandEndsAtOnce_wholeTreeIsGoneWithin250Millis() throws Exception {
        Unit unit = bench.script("app", "sleep 300 & echo $! > child; echo $$ > leader; wait");
        unit.start();
        long leader = bench.pid("leader");
        long child = bench.pid("child");

        long millis = Bench.millisOf(() -> unit.stop(null, Duration.ofSeconds(10)));

        assertThat(millis).isLessThan(250);
        assertThat(Bench.alive(leader)).isFalse();
        assertThat(Bench.alive(child)).isFalse();
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        assertThat(unit.status().exit().code()).isEqualTo(143);
        bench.next(UnitEvent.Kind.STARTED);
        assertThat(bench.exit().code()).isEqualTo(143);
        assertThat(bench.files("app").resolve("run.json")).doesNotExist();
    }

    @Test
    void stop_grandchildIgnoresTheSignal_isKilledAfterTheTimeout() throws Exception {
        Unit unit = bench.script("app", "sh -c 'trap \"\" TERM; sleep 300 & echo $! > grandchild; wait' & wait");
        unit.start();
        long grandchild = bench.pid("grandchild");

        long millis = Bench.millisOf(() -> unit.stop("SIGTERM", SHORT));

        assertThat(millis).isBetween(SHORT.toMillis(), SHORT.toMillis() + 2_000);
        assertThat(Bench.alive(grandchild)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "setsid"})
    void stop_daemonForkedTwice_isGone(String session) throws Exception {
        Unit unit = bench.script(
                "app", "( " + session + " sh -c 'trap \"\" TERM; echo $$ > daemon; sleep 300 & wait' & ); sleep 300");
        unit.start();
        long daemon = bench.pid("daemon");
        assertThat(ProcessTable.ofSystem().find(daemon).parent())
                .isNotEqualTo(ProcessHandle.current().pid());

        unit.stop(null, SHORT);

        assertThat(Bench.alive(daemon)).isFalse();
    }

    @Test
    void stop_leaderEndsFirst_childrenKeepTheTimeTheyWereGiven() throws Exception {
        Unit unit = bench.script(
                "app",
                "sh -c 'trap \"sleep 0.3; echo yes > saved; exit\" TERM; echo $$ > child; while :; do sleep 0.05; done' & "
                        + "echo $$ > leader; wait");
        unit.start();
        bench.pid("child");

        unit.stop(null, Duration.ofSeconds(10));

        assertThat(bench.has("saved")).isTrue();
    }

    @Test
    void stop_otherSignal_isSent() throws Exception {
        Unit unit = bench.script(
                "app", "trap 'echo yes > interrupted; exit 7' INT; echo $$ > leader; while :; do sleep 0.05; done");
        unit.start();
        bench.pid("leader");

        unit.stop("SIGINT", Duration.ofSeconds(10));

        assertThat(bench.has("interrupted")).isTrue();
        assertThat(unit.status().exit().code()).isEqualTo(7);
    }

    @Test
    void stop_unknownSignal_isRefusedAndNothingHappens() throws Exception {
        Unit unit = bench.script("app", "sleep 300");
        unit.start();

        assertThatThrownBy(() -> unit.stop("SIGFOO", SHORT))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("SIGFOO");

        assertThat(unit.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void stop_pausedTree_goesOnToEnd() throws Exception {
        Unit unit = bench.script(
                "app", "trap 'echo yes > ended; exit 0' TERM; echo $$ > leader; while :; do sleep 0.05; done");
        unit.start();
        bench.pid("leader");
        unit.pause();

        unit.stop(null, Duration.ofSeconds(10));

        assertThat(bench.has("ended")).isTrue();
        assertThat(unit.status().exit().clean()).isTrue();
    }

    @Test
    void stop_interrupted_endsPromptlyAndKillFinishesIt() throws Exception {
        Unit unit = bench.script("app", "trap '' TERM; echo $$ > leader; while :; do sleep 0.05; done");
        unit.start();
        long leader = bench.pid("leader");
        CountDownLatch began = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread verb = new Thread(() -> {
            began.countDown();
            try {
                unit.stop(null, Duration.ofMinutes(5));
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        verb.start();
        began.await();

        verb.interrupt();
        verb.join(Bench.PATIENCE.toMillis());

        assertThat(verb.isAlive()).isFalse();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(Bench.alive(leader)).isTrue();
        unit.kill();
        assertThat(Bench.alive(leader)).isFalse();
        assertThat(unit.status().exit().code()).isEqualTo(137);
    }

    @Test
    void kill_treeThatForksAllTheTime_leavesNobody() throws Exception {
        Unit unit = bench.script(
                "app",
                "sh -c 'trap \"\" TERM; echo $$ > forker; while :; do (sleep 300 &) ; (setsid sleep 300 &); sleep 0.01; done' & wait");
        String run = unit.start();
        bench.pid("forker");

        unit.kill();

        String mark = Launcher.COOKIE + "=" + run.substring(run.lastIndexOf('-') + 1);
        ProcessTable table = ProcessTable.ofSystem();
        assertThat(table.all()).noneMatch(entry -> table.began(entry.pid(), mark));
    }

    @Test
    void stopAndKill_nothingRuns_doNothing() throws Exception {
        Unit unit = bench.script("app", "sleep 300");

        unit.stop(null, SHORT);
        unit.kill();

        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        assertThat(unit.status().exit()).isNull();
        assertThat(bench.quiet()).isTrue();
    }

    @Test
    void stop_withoutProcFs_reachesDescendants(@TempDir Path other) throws Exception {
        try (Bench portable = new Bench(other, PortRange.DEFAULT, new HandleTable())) {
            Unit unit = portable.script("app", "sh -c 'sleep 300 & echo $! > grandchild; wait' & wait");
            unit.start();
            long grandchild = portable.pid("grandchild");

            unit.stop(null, Duration.ofSeconds(10));

            assertThat(Bench.alive(grandchild)).isFalse();
            assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        }
    }
}
