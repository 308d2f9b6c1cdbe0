// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Capability;
import io.lazystart.provider.DiscoveryListener;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Containers of one engine. */
final class DockerProvider implements Provider {
    private static final Set<Capability> CAPABILITIES =
            Set.of(Capability.PAUSE, Capability.WATCH, Capability.SIGNAL, Capability.HEALTH);

    /** How long an event may wait to be understood, and those behind it. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    /** How long a list of all containers may take. An engine with many, on a busy machine, needs a second or two. */
    private static final long LIST_NANOS = Duration.ofSeconds(10).toNanos();

    private final ProviderContext context;
    private final Engine engine;
    private final Set<Capability> capabilities;

    /** One for each container, however many services mean it; by canonical id. */
    private final Map<String, Container> containers = new ConcurrentHashMap<>();

    private final Claims claims = new Claims();
    private final AtomicReference<@Nullable EventStream> events = new AtomicReference<>();
    private final AtomicReference<@Nullable Finder> finder = new AtomicReference<>();

    DockerProvider(ProviderContext context, Connection connection) {
        this.context = context;
        this.engine = new Engine(connection.address(), connection.apiVersion());
        Set<Capability> had = EnumSet.copyOf(CAPABILITIES);
        if (connection.discover()) {
            had.add(Capability.DISCOVER);
        }
        this.capabilities = Collections.unmodifiableSet(had);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Unit unit(String service, Settings settings) {
        String reference = ContainerUnit.reference(settings);
        Integer port = ContainerUnit.port(settings);
        String network = settings.string("network");
        settings.refuseUnknown();
        String id = ContainerUnit.canonical(reference);
        Container container =
                containers.computeIfAbsent(id, first -> new Container(reference, engine, context.ticker(), claims));
        return new ContainerUnit(id, container, port, network);
    }

    @Override
    public void watch(UnitListener listener) {
        CallLimit limit = new CallLimit(context.scheduler(), LOOK_NANOS);
        EventStream stream = new EventStream(
                context.connection(),
                engine,
                context.ticker(),
                new ContainerEvents(containers, limit, listener, this::lookAgain));
        if (!events.compareAndSet(null, stream)) {
            throw new IllegalStateException("watch: called twice");
        }
        stream.open();
    }

    @Override
    public void discover(DiscoveryListener listener) {
        if (!capabilities.contains(Capability.DISCOVER)) {
            throw new UnsupportedOperationException("discover: the connection does not say discover: true");
        }
        CallLimit limit = new CallLimit(context.scheduler(), LIST_NANOS);
        Finder made = new Finder(context.connection(), engine, context.ticker(), limit, listener);
        if (!finder.compareAndSet(null, made)) {
            throw new IllegalStateException("discover: called twice");
        }
        made.open();
    }

    @Override
    public void released(String unit) {
        containers.computeIfPresent(unit, (id, container) -> {
            container.release(); // before there can be the next one
            return null;
        });
    }

    private void lookAgain() {
        Finder looking = finder.get();
        if (looking != null) {
            looking.outdated();
        }
    }

    @Override
    public void close() {
        Finder looking = finder.get();
        if (looking != null) {
            looking.close();
        }
        EventStream stream = events.get();
        if (stream != null) {
            stream.close();
        }
        engine.close();
    }
}
