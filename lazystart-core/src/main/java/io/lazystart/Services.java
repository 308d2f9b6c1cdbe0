// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.config.UnitConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import io.lazystart.graph.DependencyGraph;
import io.lazystart.http.HttpGate;
import io.lazystart.http.HttpGates;
import io.lazystart.probe.Probe;
import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Scheduler;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.SuspendWatch;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.wake.Workers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs behind a {@link LazyStart}: threads, providers, watchers. */
final class Services {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);
    private static final long CLOSE_SECONDS = 30;
    private static final int MAX_PROVIDER_CALLS = 256;
    private static final int MAX_COMPLETIONS = 64;
    private static final int MAX_STREAMS = 64;

    private final Ticker ticker;
    private final @Nullable SystemScheduler ownScheduler;
    private final Scheduler scheduler;

    /** Threads of each provider's own, so that one whose calls hang takes none from the others. */
    private final Map<String, Workers> providerCalls = new LinkedHashMap<>();

    private final Workers completions = new Workers("callback", MAX_COMPLETIONS);

    /** Writes event streams, which a slow client may block; apart, so that none of them delays a lease. */
    private final Workers streams = new Workers("events", MAX_STREAMS);

    private final SuspendWatch suspendWatch;
    private final WaitingRoom room;
    private final HttpGates httpGates;

    /** Filled while opening, not changed afterwards. */
    private final Map<String, Provider> providers = new LinkedHashMap<>();

    private final Map<String, UnitWatcher> watchers = new LinkedHashMap<>();
    private final Map<String, HttpGate> gates = new LinkedHashMap<>();
    private final Map<String, UnitWatcher> byUnit = new LinkedHashMap<>();

    private final DependencyGraph graph;
    private final FirstReads firstReads = new FirstReads();
    private final Set<String> jobs;

    private Services(LazyStartConfig config, LazyStartBuilder.Host host) {
        ticker = host.ticker();
        Scheduler given = host.scheduler();
        SystemScheduler own = given == null ? new SystemScheduler() : null;
        ownScheduler = own;
        scheduler = own == null ? Objects.requireNonNull(given) : own;
        suspendWatch = new SuspendWatch(ticker);
        room = new WaitingRoom(config.limits().heldRequests());
        graph = graph(config);
        jobs = config.jobs();
        httpGates = new HttpGates(config.limits(), host.guard(), scheduler, streams);
    }

    /** Opens providers and watchers; what was opened is closed again if one is refused. */
    static Services open(LazyStartConfig config, Providers found, LazyStartBuilder.Host host) {
        Services opened = new Services(config, host);
        try {
            for (ServiceConfig service : config.services().values()) {
                opened.add(service, config, found);
            }
            opened.boot();
        } catch (RuntimeException | Error e) {
            opened.release();
            throw e;
        }
        return opened;
    }

    private static DependencyGraph graph(LazyStartConfig config) {
        Map<String, List<String>> edges = new LinkedHashMap<>();
        config.services()
                .forEach((name, service) -> edges.put(
                        name,
                        service.dependsOn().stream()
                                .map(DependencyConfig::service)
                                .toList()));
        try {
            return DependencyGraph.of(edges);
        } catch (DependencyGraph.CycleException e) {
            throw new IllegalStateException("the configuration should have refused this", e);
        }
    }

    private void add(ServiceConfig service, LazyStartConfig config, Providers found) {
        UnitConfig described = service.unit();
        UnitWatcher watcher = described == null ? group(service) : withUnit(service, described, config, found);
        watchers.put(service.name(), watcher);
        gates.put(service.name(), httpGates.gate(watcher, service));
    }

    private UnitWatcher group(ServiceConfig service) {
        return watcher(service, new GroupUnit(service.name()), null, completions);
    }

    private UnitWatcher watcher(ServiceConfig service, Unit unit, @Nullable Probe probe, Executor calls) {
        return new UnitWatcher(
                new WatcherConfig(service, unit, probe, jobs.contains(service.name())),
                new Surroundings(ticker, scheduler, calls, completions, room, firstReads, this::onTimer),
                this::watcher);
    }

    /** Finds the watcher of a dependency, which the configuration has checked. */
    private UnitWatcher watcher(String service) {
        return Objects.requireNonNull(watchers.get(service), service);
    }

    private UnitWatcher withUnit(ServiceConfig service, UnitConfig described, LazyStartConfig config, Providers found) {
        String type = described.provider();
        String path = "services." + service.name();
        Provider provider = providers.get(type);
        if (provider == null) {
            ProviderContext context =
                    new ProviderContext(ticker, scheduler, config.stateDirectory(), config.portRange());
            provider = given(found.factory(service.name(), type).create(context), type, "create");
            providers.put(type, provider);
            providerCalls.put(type, new Workers(type, MAX_PROVIDER_CALLS));
        }
        checkCapabilities(service, type, provider, path);
        Settings settings = new Settings(path + "." + type, described.settings());
        Unit unit = given(provider.unit(service.name(), settings), type, "unit");
        settings.refuseUnknown();
        Probe probe = Probe.of(service.ready(), ticker, scheduler);
        UnitWatcher watcher = watcher(service, unit, probe, Objects.requireNonNull(providerCalls.get(type), type));
        if (byUnit.putIfAbsent(unitKey(type, unit.id()), watcher) != null) {
            throw new ConfigException(
                    path + "." + type,
                    "unit " + unit.id() + " is used by another service (expected: one service a unit)");
        }
        return watcher;
    }

    private static <T> T given(@Nullable T value, String type, String method) {
        if (value == null) {
            throw new ConfigException("providers." + type, method + " gave null (expected: a value)");
        }
        return value;
    }

    private static String unitKey(String type, String unit) {
        return type + '\0' + unit;
    }

    private static void checkCapabilities(ServiceConfig service, String type, Provider provider, String path) {
        if (service.stop().method() == StopConfig.Method.PAUSE
                && !provider.capabilities().contains(Capability.PAUSE)) {
            throw new ConfigException(
                    path + ".stop.method", "pause (expected: stop or kill; provider " + type + " cannot pause here)");
        }
        if (service.stop().signal() != null && !provider.capabilities().contains(Capability.SIGNAL)) {
            throw new ConfigException(
                    path + ".stop.signal",
                    service.stop().signal() + " (expected: none; provider " + type + " sends no signals)");
        }
    }

    private void boot() {
        providers.forEach((type, provider) -> {
            if (provider.capabilities().contains(Capability.WATCH)) {
                watch(type, provider);
            }
        });
        watchers.values().forEach(UnitWatcher::boot);
    }

    private void watch(String type, Provider provider) {
        try {
            provider.watch(new Events(type));
        } catch (RuntimeException e) {
            throw new LazyStartException(
                    "provider " + type + ": its event stream cannot be opened: " + e.getMessage(), e);
        }
    }

    private void onTimer(long lateNanos) {
        if (suspendWatch.suspended(lateNanos)) {
            log.info("the host was suspended; all units are read again");
            watchers.values().forEach(UnitWatcher::onResumed);
        }
    }

    Map<String, UnitWatcher> watchers() {
        return Collections.unmodifiableMap(watchers);
    }

    Map<String, HttpGate> gates() {
        return Collections.unmodifiableMap(gates);
    }

    void close() {
        try {
            closeWatchers().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("not all units were put to sleep within {} s; closing without them", CLOSE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("interrupted while closing; units may go on running");
        } catch (ExecutionException e) {
            log.warn("closing failed", e);
        }
        release();
    }

    /** Closes all at once to callers; a unit is put to sleep after those of the services that depend on it. */
    private CompletableFuture<Void> closeWatchers() {
        Map<String, CompletableFuture<Void>> closed = new LinkedHashMap<>();
        List<String> order = graph.order();
        for (int i = order.size() - 1; i >= 0; i--) {
            String name = order.get(i);
            UnitWatcher watcher = watcher(name);
            List<String> dependents = graph.dependents(name);
            CompletionStage<Void> closing = watcher.close(!dependents.isEmpty());
            CompletionStage<Void> whenFree = dependents.isEmpty()
                    ? closing
                    : all(dependents.stream().map(closed::get)).thenCompose(done -> watcher.close(false));
            closed.put(name, whenFree.toCompletableFuture());
        }
        return all(closed.values().stream());
    }

    private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    private void release() {
        providers.forEach((type, provider) -> {
            try {
                provider.close();
            } catch (RuntimeException | Error e) {
                log.warn("closing provider {} failed", type, e);
            }
        });
        providerCalls.values().forEach(Workers::close);
        completions.close();
        streams.close();
        if (ownScheduler != null) {
            ownScheduler.close();
        }
    }

    /** The event stream of one provider. */
    private final class Events implements UnitListener {
        private final String type;

        Events(String type) {
            this.type = type;
        }

        @Override
        public void onEvent(UnitEvent event) {
            UnitWatcher watcher = byUnit.get(unitKey(type, event.unit()));
            if (watcher != null) {
                watcher.onUnitEvent(event);
            }
        }

        @Override
        public void onResync() {
            byUnit.forEach((key, watcher) -> {
                if (key.startsWith(type + '\0')) {
                    watcher.onResync();
                }
            });
        }
    }
}
