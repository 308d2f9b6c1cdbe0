// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lazystart.provider.Capability;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresPeer("setsid")
class PausePeerTest {
    private Bench bench;
    private Unit unit;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new Bench(folder);
        unit = bench.script(
                "app",
                "sh -c 'sleep 300 & echo $! > grandchild; wait' & "
                        + "(setsid sh -c 'echo $$ > daemon; exec sleep 300' &); echo $$ > leader; wait");
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void pauseAndUnpause_reachTheWholeTree() throws Exception {
        String run = unit.start();
        long[] pids = {bench.pid("leader"), bench.pid("grandchild"), bench.pid("daemon")};

        unit.pause();

        for (long pid : pids) {
            assertThat(Bench.state(pid)).isEqualTo('T');
        }
        assertThat(unit.status().state()).isEqualTo(State.PAUSED);
        assertThat(unit.status().run()).isEqualTo(run);

        unit.unpause();

        for (long pid : pids) {
            assertThat(Bench.state(pid)).isIn('S', 'R');
        }
        assertThat(unit.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void pauseAndUnpause_twice_areHarmless() throws Exception {
        unit.start();
        bench.pid("daemon");

        unit.pause();
        unit.pause();
        assertThat(unit.status().state()).isEqualTo(State.PAUSED);

        unit.unpause();
        unit.unpause();
        assertThat(unit.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void start_paused_isLeftAlone() throws Exception {
        String run = unit.start();
        unit.pause();

        assertThat(unit.start()).isEqualTo(run);

        assertThat(unit.status().state()).isEqualTo(State.PAUSED);
    }

    @Test
    void pause_nothingRuns_isRefused() {
        assertThatThrownBy(unit::pause).isInstanceOf(ProviderException.class).hasMessageContaining("not running");
        assertThatThrownBy(unit::unpause).isInstanceOf(ProviderException.class).hasMessageContaining("not running");
    }

    @Test
    void pauseAndUnpause_withoutProcFs_areRemembered(@TempDir Path other) throws Exception {
        try (Bench portable = new Bench(other, PortRange.DEFAULT, new HandleTable())) {
            Unit app = portable.script("app", "sleep 300 & echo $! > child; wait");
            app.start();
            long child = portable.pid("child");

            app.pause();

            await().atMost(Bench.PATIENCE).until(() -> Bench.state(child) == 'T');
            assertThat(app.status().state()).isEqualTo(State.PAUSED);

            app.unpause();

            await().atMost(Bench.PATIENCE).until(() -> Bench.state(child) != 'T');
            assertThat(app.status().state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void capabilities_withAKillCommand_holdAll() {
        assertThat(bench.provider.capabilities())
                .containsExactlyInAnyOrder(Capability.PAUSE, Capability.WATCH, Capability.SIGNAL, Capability.PIDS);
    }
}
