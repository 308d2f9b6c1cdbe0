// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
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
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.SuspendWatch;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.wake.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    private Services(LazyStartConfig config, LazyStartBuilder.Host host) {
        ticker = host.ticker();
        Scheduler given = host.scheduler();
        SystemScheduler own = given == null ? new SystemScheduler() : null;
        ownScheduler = own;
        scheduler = own == null ? Objects.requireNonNull(given) : own;
        suspendWatch = new SuspendWatch(ticker);
        room = new WaitingRoom(config.limits().heldRequests());
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

    private void add(ServiceConfig service, LazyStartConfig config, Providers found) {
        String type = service.unit().provider();
        String path = "services." + service.name();
        Provider provider = providers.get(type);
        if (provider == null) {
            ProviderContext context =
                    new ProviderContext(ticker, scheduler, config.stateDirectory(), config.portRange());
            provider = given(found.factory(service.name(), type).create(context), type, "create");
            providers.put(type, provider);
            providerCalls.put(type, new Workers(type, MAX_PROVIDER_CALLS));
        }
        checkCapabilities(service, provider, path);
        Settings settings = new Settings(path + "." + type, service.unit().settings());
        Unit unit = given(provider.unit(service.name(), settings), type, "unit");
        settings.refuseUnknown();
        Probe probe = Probe.of(service.ready(), ticker, scheduler);
        UnitWatcher watcher = new UnitWatcher(new WatcherConfig(service, unit, probe), surroundings(type));
        if (byUnit.putIfAbsent(unitKey(type, unit.id()), watcher) != null) {
            throw new ConfigException(
                    path + "." + type,
                    "unit " + unit.id() + " is used by another service (expected: one service a unit)");
        }
        watchers.put(service.name(), watcher);
        gates.put(service.name(), httpGates.gate(watcher, service));
    }

    private Surroundings surroundings(String type) {
        Workers calls = Objects.requireNonNull(providerCalls.get(type), type);
        return new Surroundings(ticker, scheduler, calls, completions, room, this::onTimer);
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

    private static void checkCapabilities(ServiceConfig service, Provider provider, String path) {
        if (service.stop().method() == StopConfig.Method.PAUSE
                && !provider.capabilities().contains(Capability.PAUSE)) {
            throw new ConfigException(
                    path + ".stop.method",
                    "pause (expected: stop or kill; provider " + service.unit().provider() + " cannot pause here)");
        }
        if (service.stop().signal() != null && !provider.capabilities().contains(Capability.SIGNAL)) {
            throw new ConfigException(
                    path + ".stop.signal",
                    service.stop().signal() + " (expected: none; provider "
                            + service.unit().provider() + " sends no signals)");
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
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        watchers.values().forEach(watcher -> closing.add(watcher.close().toCompletableFuture()));
        try {
            CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).get(CLOSE_SECONDS, TimeUnit.SECONDS);
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
