// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.LazyStart;
import io.lazystart.config.ServiceConfig;
import io.lazystart.http.HttpGate;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.watch.Watcher;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A service of a real {@link LazyStart} that is READY and stays so; its unit is a scripted one, without an address to be probed at. */
@State(Scope.Benchmark)
public class AwakeService {
    private static final String NAME = "awake";

    private @Nullable LazyStart lazyStart;

    private @Nullable Watcher watcher;
    private @Nullable HttpGate gate;

    Watcher watcher() {
        return Objects.requireNonNull(watcher, "before the first measurement");
    }

    HttpGate gate() {
        return Objects.requireNonNull(gate, "before the first measurement");
    }

    /** Opens the service and wakes it. */
    @Setup
    public void wake() throws InterruptedException {
        LazyStart opened = LazyStart.builder()
                .discoverProviders(false)
                .keepStartTimes(false)
                .provider(new ScriptedProvider())
                .service(NAME, service -> service.unit("scripted", Map.of()).idleTimeout(ServiceConfig.NEVER))
                .build();
        lazyStart = opened;
        watcher = opened.watcher(NAME);
        gate = opened.gate(NAME);
        watcher.acquire(Duration.ofSeconds(10)).close();
    }

    /** Closes what was opened. */
    @TearDown
    public void close() {
        if (lazyStart != null) {
            lazyStart.close();
        }
    }
}
