// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.Settings;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts in a slot whose run an earlier host has left, and nobody was to have. */
@RequiresPeer("setsid")
@Timeout(60)
class RunSlotPeerTest {
    private final ProcessTable table = ProcessTable.ofSystem();
    private final Workers workers = new Workers();
    private final ProcessHost host = new ProcessHost(
            Ticker.system(),
            table,
            new Signals(table, Executables.findOrNull("kill")),
            new PortPool(PortRange.DEFAULT, PortClaims.ofMachine()),
            new Launcher(Executables.findOrNull("setsid")),
            workers,
            new ExitWatch(new VirtualScheduler(new FakeTicker()), workers),
            new AtomicReference<>());

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        host.exits().close();
        workers.close();
        host.ports().close();
    }

    @Test
    void launch_beforeTheEndOfWhatWasLeftBegins_waitsForIt() throws Exception {
        RunSlot slot = RunSlot.ofOrphan("app", folder, host);
        LaunchSpec spec =
                LaunchSpec.of(new Settings("services.app.process", Map.of("command", List.of("sleep", "300"))));
        FutureTask<Run> launch = new FutureTask<>(() -> slot.launch(spec));
        Thread launcher = new Thread(launch);
        launcher.start();
        awaitWaitingOrEnded(launcher); // nobody has the slot's lock, so it waits for nothing but the end

        boolean launchedBefore = RunStore.present(folder);
        slot.endLeft(left -> {});
        Run run = launch.get(Bench.PATIENCE.toSeconds(), TimeUnit.SECONDS);

        Run current = slot.current();
        slot.close(run);
        assertThat(launchedBefore).isFalse();
        assertThat(current).isSameAs(run);
    }

    private static void awaitWaitingOrEnded(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }
}
