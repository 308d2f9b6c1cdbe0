// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

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
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Scheduler;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import io.lazystart.wake.CpuTime;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.LearnedTimes;
import io.lazystart.wake.SharedUnits;
import io.lazystart.wake.StartTimes;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.SuspendWatch;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.wake.Workers;
import io.lazystart.watch.CircuitListener;
import java.nio.file.Path;
import java.util.ArrayList;
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
import java.util.function.Supplier;
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
    private static final int MAX_VETOES = 64;

    private final Ticker ticker;
    private final @Nullable SystemScheduler ownScheduler;
    private final Scheduler scheduler;

    /** Threads of each provider's own, so that one whose calls hang takes none from the others. */
    private final Map<String, Workers> providerCalls = new LinkedHashMap<>();

    private final Workers completions = new Workers("callback", MAX_COMPLETIONS);

    /** Runs the host's idle vetoes; apart, so that one that hangs delays nothing else. */
    private final Workers vetoCalls = new Workers("veto", MAX_VETOES);

    /** Writes event streams, which a slow client may block; apart, so that none of them delays a lease. */
    private final Workers streams = new Workers("events", MAX_STREAMS);

    /** Writes files, one at a time; apart, so that a slow disk delays nothing else. */
    private final Workers writes = new Workers("state", 1);

    /** Null where the host wants start times to be forgotten. */
    private final @Nullable LearnedTimes learned;

    private final SuspendWatch suspendWatch;
    private final CpuTime cpu = new CpuTime(Path.of("/proc"));
    private final WaitingRoom room;
    private final int services;
    private final CircuitListener circuits;
    private final LazyStartBuilder.Vetoes vetoes;
    private final HttpGates httpGates;

    /** Filled while opening, not changed afterwards. */
    private final Map<String, Provider> providers = new LinkedHashMap<>();

    private final Map<String, UnitWatcher> watchers = new LinkedHashMap<>();
    private final Map<String, HttpGate> gates = new LinkedHashMap<>();
    /** The watcher of each unit, which hears its events. */
    private final Map<UnitKey, UnitWatcher> byUnit = new LinkedHashMap<>();

    /** Watchers of units that several services use, by name of the unit. */
    private final Map<String, UnitWatcher> owners = new LinkedHashMap<>();

    /** What has been opened of a service with a unit. */
    private record Opened(ServiceConfig service, UnitKey key, Unit unit) {}

    /** Names a unit over all providers. */
    private record UnitKey(String type, String unit) {
        /** A name that no service can have. */
        String name() {
            return type + ":" + unit;
        }
    }

    /** Who needs whom, shared units included. Set while opening, not changed afterwards. */
    private DependencyGraph graph = DependencyGraph.EMPTY;

    private final FirstReads firstReads = new FirstReads();
    private final Set<String> jobs;

    private Services(LazyStartConfig config, LazyStartBuilder.Host host) {
        ticker = host.ticker();
        Scheduler given = host.scheduler();
        SystemScheduler own = given == null ? new SystemScheduler() : null;
        ownScheduler = own;
        scheduler = own == null ? Objects.requireNonNull(given) : own;
        learned = host.keepStartTimes() ? new LearnedTimes(config.stateDirectory(), ticker, scheduler, writes) : null;
        suspendWatch = new SuspendWatch(ticker);
        vetoes = host.vetoes();
        circuits = host.circuits();
        room = new WaitingRoom(config.limits().heldRequests());
        services = config.services().size();
        jobs = config.jobs();
        httpGates = new HttpGates(config.limits(), host.guard(), scheduler, streams);
    }

    /** Opens providers and watchers; what was opened is closed again if one is refused. */
    static Services open(LazyStartConfig config, Providers found, LazyStartBuilder.Host host) {
        host.vetoes().check(config.services().keySet());
        Services opened = new Services(config, host);
        try {
            opened.add(config, found);
            opened.boot();
        } catch (RuntimeException | Error e) {
            opened.release();
            throw e;
        }
        return opened;
    }

    /** Opens all but the watching of units, and closes it again: nothing is started, adopted or locked. */
    static void check(LazyStartConfig config, Providers found, LazyStartBuilder.Host host) {
        try (ScratchDirectory scratch = new ScratchDirectory(config.stateDirectory())) {
            LazyStartConfig elsewhere =
                    new LazyStartConfig(scratch.path(), config.portRange(), config.limits(), config.services());
            Services opened = new Services(elsewhere, host);
            try {
                opened.add(elsewhere, found);
            } catch (ConfigException refused) {
                throw scratch.translated(refused);
            } finally {
                opened.release();
            }
        }
    }

    private DependencyGraph graph(LazyStartConfig config, Map<String, UnitKey> shared) {
        Map<String, List<String>> edges = new LinkedHashMap<>();
        owners.keySet().forEach(name -> edges.put(name, List.of()));
        config.services().forEach((name, service) -> {
            List<String> needed = new ArrayList<>();
            service.dependsOn().forEach(edge -> needed.add(edge.service()));
            UnitKey unit = shared.get(name);
            if (unit != null) {
                needed.add(unit.name());
            }
            edges.put(name, needed);
        });
        try {
            return DependencyGraph.of(edges);
        } catch (DependencyGraph.CycleException e) {
            throw new IllegalStateException("the configuration should have refused this", e);
        }
    }

    private void add(LazyStartConfig config, Providers found) {
        Map<String, Opened> units = new LinkedHashMap<>();
        Map<UnitKey, List<Opened>> users = new LinkedHashMap<>();
        config.services().forEach((name, service) -> {
            UnitConfig described = service.unit();
            if (described != null) {
                Opened opened = openUnit(service, described, config, found);
                units.put(name, opened);
                users.computeIfAbsent(opened.key(), key -> new ArrayList<>()).add(opened);
            }
        });
        Map<UnitKey, SharedUnits> shared = new LinkedHashMap<>();
        Map<String, UnitKey> sharedBy = new LinkedHashMap<>();
        users.forEach((key, services) -> {
            if (services.size() > 1) {
                shared.put(key, share(key, services));
                services.forEach(opened -> sharedBy.put(opened.service().name(), key));
            }
        });
        config.services().forEach((name, service) -> {
            Opened opened = units.get(name);
            UnitWatcher watcher = opened == null ? group(service) : watcher(opened, shared.get(opened.key()));
            watchers.put(name, watcher);
            gates.put(name, httpGates.gate(watcher, service));
        });
        graph = graph(config, sharedBy);
    }

    private SharedUnits share(UnitKey key, List<Opened> users) {
        List<ServiceConfig> services = users.stream().map(Opened::service).toList();
        for (ServiceConfig service : services) {
            if (jobs.contains(service.name())) {
                throw new ConfigException(
                        "services." + service.name() + "." + key.type(),
                        "unit " + key.unit() + " is used by another service too (expected: one of its own, since others"
                                + " need that it has completed)");
            }
        }
        SharedUnits shared = new SharedUnits(
                key.name(), services, users.get(0).unit(), () -> surroundings(calls(key.type())), this::watcher);
        owners.put(key.name(), shared.owner());
        byUnit.put(key, shared.owner());
        return shared;
    }

    private UnitWatcher watcher(Opened opened, @Nullable SharedUnits shared) {
        ServiceConfig service = opened.service();
        Probe probe = Probe.of(service.ready(), ticker, scheduler);
        Probe health = healthProbe(service, probe);
        if (shared != null) {
            return shared.watcher(service, probe, health, vetoes.of(service.name()));
        }
        UnitWatcher watcher = watcher(
                service, opened.unit(), probe, health, calls(opened.key().type()));
        byUnit.put(opened.key(), watcher);
        return watcher;
    }

    /** What runs to its end serves nobody, and is not asked. */
    private @Nullable Probe healthProbe(ServiceConfig service, Probe ready) {
        if (jobs.contains(service.name())) {
            return null;
        }
        return service.health() == null ? ready : Probe.of(service.health().probe(), ticker, scheduler);
    }

    private Executor calls(String type) {
        return Objects.requireNonNull(providerCalls.get(type), type);
    }

    private Surroundings surroundings(Executor calls) {
        return new Surroundings(
                ticker,
                scheduler,
                calls,
                vetoCalls,
                completions,
                cpu,
                room.share(services),
                firstReads,
                this::startTimes,
                circuits,
                this::onTimer);
    }

    private UnitWatcher group(ServiceConfig service) {
        return watcher(service, new GroupUnit(service.name()), null, null, completions);
    }

    private UnitWatcher watcher(
            ServiceConfig service, Unit unit, @Nullable Probe probe, @Nullable Probe health, Executor calls) {
        return new UnitWatcher(
                new WatcherConfig(
                        service, unit, probe, health, vetoes.of(service.name()), jobs.contains(service.name()), null),
                surroundings(calls),
                this::watcher);
    }

    /** Finds the watcher of a dependency, which the configuration has checked, or of a shared unit. */
    private UnitWatcher watcher(String service) {
        UnitWatcher watcher = watchers.get(service);
        return watcher == null ? Objects.requireNonNull(owners.get(service), service) : watcher;
    }

    private Opened openUnit(ServiceConfig service, UnitConfig described, LazyStartConfig config, Providers found) {
        String type = described.provider();
        String path = "services." + service.name();
        Provider known = providers.get(type);
        Provider provider = known == null ? open(service, type, config, found) : known;
        checkCapabilities(service, type, provider, path);
        Settings settings = new Settings(path + "." + type, described.settings());
        Unit unit = given(type, "unit", () -> provider.unit(service.name(), settings));
        settings.refuseUnknown();
        return new Opened(service, new UnitKey(type, unit.id()), unit);
    }

    private StartTimes startTimes(String service) {
        return learned == null ? new StartTimes() : learned.of(service);
    }

    private Provider open(ServiceConfig service, String type, LazyStartConfig config, Providers found) {
        ProviderContext context = new ProviderContext(ticker, scheduler, config.stateDirectory(), config.portRange());
        ProviderFactory factory = found.factory(service.name(), type);
        Provider provider = given(type, "create", () -> factory.create(context));
        providers.put(type, provider);
        providerCalls.put(type, new Workers(type, MAX_PROVIDER_CALLS));
        return provider;
    }

    /** What a provider gives; one that throws anything else than a refusal, or gives nothing, is refused itself. */
    private static <T> T given(String type, String method, Supplier<@Nullable T> call) {
        T value;
        try {
            value = call.get();
        } catch (LazyStartException refused) {
            throw refused;
        } catch (RuntimeException e) {
            throw new LazyStartException("provider " + type + ": " + method + " failed: " + e, e);
        }
        if (value == null) {
            throw new ConfigException("providers." + type, method + " gave null (expected: a value)");
        }
        return value;
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
        if (service.busyCpu() != null && !provider.capabilities().contains(Capability.PIDS)) {
            throw new ConfigException(
                    path + ".busy-cpu",
                    service.busyCpu() + "% (expected: none; provider " + type
                            + " does not know the processes of its units)");
        }
    }

    private void boot() {
        providers.forEach((type, provider) -> {
            if (provider.capabilities().contains(Capability.WATCH)) {
                watch(type, provider);
            }
        });
        providers.values().forEach(Provider::configured);
        owners.values().forEach(UnitWatcher::boot);
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
            owners.values().forEach(UnitWatcher::onResumed);
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
        if (learned != null) {
            learned.close();
        }
        providers.forEach((type, provider) -> {
            try {
                provider.close();
            } catch (RuntimeException | Error e) {
                log.warn("closing provider {} failed", type, e);
            }
        });
        providerCalls.values().forEach(Workers::close);
        vetoCalls.close();
        completions.close();
        streams.close();
        writes.close();
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
            UnitWatcher watcher = byUnit.get(new UnitKey(type, event.unit()));
            if (watcher != null) {
                watcher.onUnitEvent(event);
            }
        }

        @Override
        public void onResync() {
            byUnit.forEach((key, watcher) -> {
                if (key.type().equals(type)) {
                    watcher.onResync();
                }
            });
        }
    }
}
