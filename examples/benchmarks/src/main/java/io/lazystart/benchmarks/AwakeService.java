// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.LazyStart;
import io.lazystart.config.ServiceConfig;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.watch.Watcher;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A service of a real {@link LazyStart} that is READY and stays so; its unit is nothing but a word. */
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
                .provider(new Words())
                .service(NAME, service -> service.unit(NAME, Map.of()).idleTimeout(ServiceConfig.NEVER))
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

    /** Units that run as soon as they are asked to, and have no address to be probed at. */
    private static final class Words implements ProviderFactory, Provider, Unit {
        private volatile UnitStatus.State state = UnitStatus.State.STOPPED;

        @Override
        public String type() {
            return NAME;
        }

        @Override
        public Provider create(ProviderContext context) {
            return this;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Unit unit(String service, Settings settings) {
            return this;
        }

        @Override
        public String id() {
            return NAME;
        }

        @Override
        public UnitStatus status() {
            return new UnitStatus(state, null, null);
        }

        @Override
        public @Nullable String start() {
            state = UnitStatus.State.RUNNING;
            return null;
        }

        @Override
        public void stop(@Nullable String signal, Duration timeout) {
            kill();
        }

        @Override
        public void kill() {
            state = UnitStatus.State.STOPPED;
        }

        @Override
        public void close() {}
    }
}
