// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ConnectionConfig;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.config.UnitConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import io.lazystart.provider.Capability;
import io.lazystart.provider.DiscoveryListener;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import io.lazystart.wake.Workers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers that are open, and their units. A provider is opened when its connection is configured, or with the first
 * service that names its type, and closed with the host. Not thread-safe: used by one opening or reload at a time, except for {@link #calls} and
 * {@link #released}.
 */
final class Units {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);
    private static final int MAX_PROVIDER_CALLS = 256;

    /** Names a unit over all connections. */
    record Key(String connection, String unit) {
        /** A name that no service can have. */
        String name() {
            return connection + ":" + unit;
        }
    }

    /** A unit, and how it was described. */
    record Opened(UnitConfig described, Key key, Unit unit) {}

    /** A provider, with threads of its own, so that one whose calls hang takes none from the others. */
    private record Open(ConnectionConfig configured, Provider provider, Workers calls) {}

    private final Providers found;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Function<String, UnitListener> listeners;

    /** Providers whose events are watched. */
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    /** Providers that were opened since, and are not watched yet. */
    private final Map<String, Open> fresh = new ConcurrentHashMap<>();

    /** Units that were asked for, of which it is not known yet whether a service is to have them. Guarded by itself. */
    private final Set<Key> asked = new HashSet<>();

    /** Opens nothing yet; {@code listeners} hears the events of a connection. */
    Units(Providers found, Ticker ticker, Scheduler scheduler, Function<String, UnitListener> listeners) {
        this.found = found;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.listeners = listeners;
    }

    /**
     * Opens the connections that are configured, and sees that none has changed that is open.
     *
     * @throws ConfigException if one is refused
     */
    void connect(LazyStartConfig config) {
        open.forEach((name, known) -> {
            if (!config.connection(name).equals(known.configured())) {
                throw new ConfigException(
                        "providers." + name, "changed (expected: as it was, until the host is started anew)");
            }
        });
        config.connections().keySet().forEach(name -> connection(name, "providers." + name, config));
    }

    /** Finds the unit that a service names, and opens its provider if nobody has named it before. */
    Opened unit(ServiceConfig service, UnitConfig described, LazyStartConfig config) {
        String name = described.provider();
        String path = "services." + service.name();
        Provider provider = connection(name, path + "." + name, config).provider();
        checkCapabilities(service, name, provider, path);
        Settings settings = new Settings(path + "." + name, described.settings());
        synchronized (asked) {
            Unit unit = given(name, "unit", () -> provider.unit(service.name(), settings));
            Key key = new Key(name, unit.id());
            asked.add(key);
            settings.refuseUnknown();
            return new Opened(described, key, unit);
        }
    }

    /** The unit that a service has by now, though the service has changed. */
    Opened again(ServiceConfig service, Opened before) {
        String name = before.key().connection();
        Provider provider = openOf(name).provider();
        checkCapabilities(service, name, provider, "services." + service.name());
        return before;
    }

    private Open connection(String name, String path, LazyStartConfig config) {
        Open known = open.get(name);
        known = known == null ? fresh.get(name) : known;
        if (known != null) {
            return known;
        }
        ConnectionConfig configured = config.connection(name);
        String type = configured.type();
        ProviderFactory factory = found.factory(path, type);
        Settings settings = new Settings("providers." + name, configured.settings());
        Path state = name.equals(type)
                ? config.stateDirectory()
                : config.stateDirectory().resolve("connections").resolve(name);
        ProviderContext context = new ProviderContext(name, settings, ticker, scheduler, state, config.portRange());
        Open opened = new Open(
                configured,
                given(name, "create", () -> factory.create(context)),
                new Workers(name, MAX_PROVIDER_CALLS));
        fresh.put(name, opened);
        settings.refuseUnknown();
        return opened;
    }

    /** What runs the calls of a provider that is open. */
    Executor calls(String connection) {
        return openOf(connection).calls();
    }

    /** Has the providers that were opened since look for services, if they can. */
    void discover(Function<String, DiscoveryListener> finds) {
        fresh.forEach((name, opened) -> {
            if (opened.provider().capabilities().contains(Capability.DISCOVER)) {
                try {
                    opened.provider().discover(finds.apply(name));
                } catch (RuntimeException e) {
                    throw new LazyStartException(
                            "provider " + name + ": it cannot look for services: " + e.getMessage(), e);
                }
            }
        });
    }

    /** Begins to hear the events of the providers that were opened since; one that cannot be heard is refused. */
    void watch() {
        fresh.forEach((name, opened) -> {
            Provider provider = opened.provider();
            if (provider.capabilities().contains(Capability.WATCH)) {
                try {
                    provider.watch(listeners.apply(name));
                } catch (RuntimeException e) {
                    throw new LazyStartException(
                            "provider " + name + ": its event stream cannot be opened: " + e.getMessage(), e);
                }
            }
        });
        fresh.values().forEach(opened -> opened.provider().configured());
        open.putAll(fresh);
        fresh.clear();
    }

    /** What was asked for is used by now, or is not going to be. */
    void settled(Predicate<Key> used) {
        synchronized (asked) {
            asked.stream().filter(used.negate()).forEach(this::release);
            asked.clear();
        }
    }

    /** Nobody used a unit any more, a moment ago. From any thread. */
    void released(Key unit, Predicate<Key> used) {
        synchronized (asked) {
            if (!asked.contains(unit) && !used.test(unit)) { // else it may be used soon, or is used again
                release(unit);
            }
        }
    }

    private void release(Key unit) {
        Open opened = open.get(unit.connection());
        if (opened != null) { // else its provider was closed with the reload that was refused
            try {
                opened.provider().released(unit.unit());
            } catch (RuntimeException e) {
                log.error("provider {}: it cannot release unit {}", unit.connection(), unit.unit(), e);
            }
        }
    }

    /** Connections of these that tell no events. */
    Set<String> silent(Stream<Target> targets) {
        return targets.map(Target::key)
                .filter(Objects::nonNull)
                .map(Key::connection)
                .distinct()
                .filter(name -> !openOf(name).provider().capabilities().contains(Capability.WATCH))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Open openOf(String name) {
        return Objects.requireNonNull(open.get(name), name);
    }

    /** Closes the providers that were opened since, and for nothing; names their connections. */
    Set<String> refuse() {
        Set<String> refused = Set.copyOf(fresh.keySet());
        fresh.forEach(Units::close);
        fresh.clear();
        return refused;
    }

    /** Closes all providers. */
    void close() {
        refuse();
        open.forEach(Units::close);
    }

    private static void close(String name, Open opened) {
        try {
            opened.provider().close();
        } catch (RuntimeException | Error e) {
            log.warn("closing provider {} failed", name, e);
        }
        opened.calls().close();
    }

    /** What a provider gives; one that throws anything else than a refusal, or gives nothing, is refused itself. */
    private static <T> T given(String name, String method, Supplier<@Nullable T> call) {
        T value;
        try {
            value = call.get();
        } catch (LazyStartException refused) {
            throw refused;
        } catch (RuntimeException e) {
            throw new LazyStartException("provider " + name + ": " + method + " failed: " + e, e);
        }
        if (value == null) {
            throw new ConfigException("providers." + name, method + " gave null (expected: a value)");
        }
        return value;
    }

    private static void checkCapabilities(ServiceConfig service, String name, Provider provider, String path) {
        if (service.stop().method() == StopConfig.Method.PAUSE
                && !provider.capabilities().contains(Capability.PAUSE)) {
            throw new ConfigException(
                    path + ".stop.method", "pause (expected: stop or kill; provider " + name + " cannot pause here)");
        }
        if (service.stop().signal() != null && !provider.capabilities().contains(Capability.SIGNAL)) {
            throw new ConfigException(
                    path + ".stop.signal",
                    service.stop().signal() + " (expected: none; provider " + name + " sends no signals)");
        }
        boolean ready = service.ready().provider();
        HealthConfig health = service.health();
        if ((ready || (health != null && health.probe().provider()))
                && !provider.capabilities().contains(Capability.HEALTH)) {
            throw new ConfigException(
                    path + (ready ? ".ready" : ".health"),
                    "provider (expected: tcp or http; provider " + name + " does not know how its units are)");
        }
        if (service.busyCpu() != null && !provider.capabilities().contains(Capability.PIDS)) {
            throw new ConfigException(
                    path + ".busy-cpu",
                    service.busyCpu() + "% (expected: none; provider " + name
                            + " does not know the processes of its units)");
        }
    }
}
