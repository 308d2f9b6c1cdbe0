// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A provider that watches, and what it told. */
final class Bench implements UnitListener, AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    final Provider provider;
    final AtomicInteger losses = new AtomicInteger();
    final AtomicInteger resyncs = new AtomicInteger();
    private final List<UnitEvent> events = new CopyOnWriteArrayList<>();
    private final SystemScheduler scheduler = new SystemScheduler();

    Bench(String host) {
        this(Map.of("host", host));
    }

    Bench(Map<String, Object> connection) {
        this(new DockerProviderFactory(), connection);
    }

    private Bench(ProviderFactory factory, Map<String, Object> connection) {
        provider = factory.create(new ProviderContext(
                factory.type(),
                new Settings("providers." + factory.type(), connection),
                Ticker.system(),
                scheduler,
                Path.of("not-used"),
                PortRange.DEFAULT));
        provider.watch(this);
    }

    /** Services of a swarm, whose manager listens at a socket. */
    static Bench swarm(Path socket) {
        return new Bench(new SwarmProviderFactory(), Map.of("host", "unix://" + socket));
    }

    static Bench direct() {
        return new Bench("unix://" + Containers.SOCKET);
    }

    Unit unit(String service) {
        return unit(service, Map.of());
    }

    /** A unit of a container of {@link Containers}, with more keys than its name. */
    Unit unit(String service, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.putIfAbsent("container", Containers.name(service));
        return provider.unit(service, new Settings("services." + service + ".docker", settings));
    }

    List<UnitEvent> of(Unit unit, Kind kind) {
        return events.stream()
                .filter(event -> event.unit().equals(unit.id()) && event.kind() == kind)
                .toList();
    }

    /** Waits for so many events, and gives the last of them. */
    UnitEvent await(Unit unit, Kind kind, int number) {
        return eventually()
                .until(() -> of(unit, kind), heard -> heard.size() >= number)
                .get(number - 1);
    }

    static ConditionFactory eventually() {
        return eventually(PATIENCE);
    }

    static ConditionFactory eventually(Duration patience) {
        return Awaitility.await().atMost(patience).pollInterval(Duration.ofMillis(5));
    }

    @Override
    public void onEvent(UnitEvent event) {
        events.add(event);
    }

    @Override
    public void onLost() {
        losses.incrementAndGet();
    }

    @Override
    public void onResync() {
        resyncs.incrementAndGet();
    }

    @Override
    public void close() {
        provider.close();
        scheduler.close();
    }
}
