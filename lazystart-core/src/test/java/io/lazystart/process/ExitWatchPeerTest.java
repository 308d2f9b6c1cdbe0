// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the one timer for all runs does with them while they last. */
@RequiresPeer("setsid")
class ExitWatchPeerTest {
    private static final String CHATTY = "head -c 11000000 /dev/zero | tr '\\0' 'x'; echo; echo last > done; sleep 300";

    @TempDir
    private Path folder;

    @Test
    void chattyService_outputIsCutWithinAMinute() throws Exception {
        VirtualScheduler time = new VirtualScheduler(new FakeTicker());
        ProviderContext context = new ProviderContext(
                "process",
                new Settings("providers.process", Map.of()),
                Ticker.system(),
                time,
                folder.resolve("state"),
                PortRange.DEFAULT);
        try (Provider provider = new ProcessProviderFactory().create(context)) {
            Unit unit = provider.unit(
                    "app",
                    new Settings(
                            "services.app.process",
                            Map.of("command", List.of("sh", "-c", CHATTY), "directory", folder.toString())));
            try {
                unit.start();
                Bench.text(folder, "done");
                Path output = folder.resolve("state/process/app/output.log");
                assertThat(Files.size(output)).isGreaterThan(OutputFile.LIMIT);

                // Each look asks for the next timer from a thread of its own.
                await().atMost(Bench.PATIENCE.multipliedBy(3))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            time.advance(Duration.ofNanos(ExitWatch.INTERVAL_NANOS));
                            return Files.size(output) < 100_000;
                        });
            } finally {
                unit.kill();
            }
        }
    }
}
