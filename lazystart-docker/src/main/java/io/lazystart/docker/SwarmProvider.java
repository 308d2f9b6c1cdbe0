// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Services of one swarm, of which the engine is a manager. */
final class SwarmProvider implements Provider {
    private static final Set<Capability> CAPABILITIES = Set.of(Capability.WATCH, Capability.HEALTH);

    /** How long a look that nobody waits for may take, and those behind it. */
    private static final long LOOK_NANOS = Duration.ofSeconds(2).toNanos();

    private final ProviderContext context;
    private final Engine engine;
    private final SwarmApi api;
    private final SwarmWatch watch;

    /** One for each service of the swarm, however many services mean it; by its name. */
    private final Map<String, ScaledService> services = new ConcurrentHashMap<>();

    private final AtomicReference<@Nullable EventStream> events = new AtomicReference<>();

    SwarmProvider(ProviderContext context, Connection connection) {
        this.context = context;
        this.engine = new Engine(connection.address(), connection.apiVersion());
        this.api = new SwarmApi(engine);
        CallLimit limit = new CallLimit(context.scheduler(), LOOK_NANOS);
        this.watch = new SwarmWatch(context.connection(), services, api, context.ticker(), context.scheduler(), limit);
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Unit unit(String service, Settings settings) {
        return SwarmUnit.of(settings, this::scaled);
    }

    private ScaledService scaled(String name) {
        return services.computeIfAbsent(name, first -> new ScaledService(name, api, context.ticker(), watch::tell));
    }

    @Override
    public void watch(UnitListener listener) {
        watch.open(listener);
        EventStream stream =
                new EventStream(context.connection(), engine, context.ticker(), new SwarmEvents(listener, watch::hint));
        events.set(stream);
        stream.open();
    }

    @Override
    public void released(String unit) {
        services.remove(unit);
    }

    @Override
    public void close() {
        watch.close();
        EventStream stream = events.get();
        if (stream != null) {
            stream.close();
        }
        engine.close();
    }
}
