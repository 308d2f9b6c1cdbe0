// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.config.UnitConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import io.lazystart.wake.Workers;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers that are open, and their units. A provider is opened with the first service that names it and closed with
 * the host. Not thread-safe: used by one opening or reload at a time, except for {@link #calls}.
 */
final class Units {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);
    private static final int MAX_PROVIDER_CALLS = 256;

    /** Names a unit over all providers. */
    record Key(String type, String unit) {
        /** A name that no service can have. */
        String name() {
            return type + ":" + unit;
        }
    }

    /** A unit, and how it was described. */
    record Opened(UnitConfig described, Key key, Unit unit) {}

    /** A provider, with threads of its own, so that one whose calls hang takes none from the others. */
    private record Open(Provider provider, Workers calls) {}

    private final Providers found;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Function<String, UnitListener> listeners;

    /** Providers whose events are watched. */
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    /** Providers that were opened since, and are not watched yet. */
    private final Map<String, Open> fresh = new ConcurrentHashMap<>();

    /** Opens nothing yet; {@code listeners} hears the events of the provider of a type. */
    Units(Providers found, Ticker ticker, Scheduler scheduler, Function<String, UnitListener> listeners) {
        this.found = found;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.listeners = listeners;
    }

    /** Finds the unit that a service names, and opens its provider if nobody has named it before. */
    Opened unit(ServiceConfig service, UnitConfig described, LazyStartConfig config) {
        String type = described.provider();
        String path = "services." + service.name();
        Provider provider = provider(service, type, config).provider();
        checkCapabilities(service, type, provider, path);
        Settings settings = new Settings(path + "." + type, described.settings());
        Unit unit = given(type, "unit", () -> provider.unit(service.name(), settings));
        settings.refuseUnknown();
        return new Opened(described, new Key(type, unit.id()), unit);
    }

    /** The unit that a service has by now, though the service has changed. */
    Opened again(ServiceConfig service, Opened before) {
        String type = before.key().type();
        Provider provider = openOf(type).provider();
        checkCapabilities(service, type, provider, "services." + service.name());
        return before;
    }

    private Open provider(ServiceConfig service, String type, LazyStartConfig config) {
        Open known = open.get(type);
        known = known == null ? fresh.get(type) : known;
        if (known != null) {
            return known;
        }
        ProviderContext context = new ProviderContext(ticker, scheduler, config.stateDirectory(), config.portRange());
        Provider made =
                given(type, "create", () -> found.factory(service.name(), type).create(context));
        Open opened = new Open(made, new Workers(type, MAX_PROVIDER_CALLS));
        fresh.put(type, opened);
        return opened;
    }

    /** What runs the calls of a provider that is open. */
    Executor calls(String type) {
        return openOf(type).calls();
    }

    /** Begins to hear the events of the providers that were opened since; one that cannot be heard is refused. */
    void watch() {
        fresh.forEach((type, opened) -> {
            Provider provider = opened.provider();
            if (provider.capabilities().contains(Capability.WATCH)) {
                try {
                    provider.watch(listeners.apply(type));
                } catch (RuntimeException e) {
                    throw new LazyStartException(
                            "provider " + type + ": its event stream cannot be opened: " + e.getMessage(), e);
                }
            }
        });
        fresh.values().forEach(opened -> opened.provider().configured());
        open.putAll(fresh);
        fresh.clear();
    }

    /** Types of the providers of these that tell no events. */
    Set<String> silent(Stream<Target> targets) {
        return targets.map(Target::key)
                .filter(Objects::nonNull)
                .map(Key::type)
                .distinct()
                .filter(type -> !openOf(type).provider().capabilities().contains(Capability.WATCH))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Open openOf(String type) {
        return Objects.requireNonNull(open.get(type), type);
    }

    /** Closes the providers that were opened since, and for nothing. */
    void refuse() {
        fresh.forEach(Units::close);
        fresh.clear();
    }

    /** Closes all providers. */
    void close() {
        refuse();
        open.forEach(Units::close);
    }

    private static void close(String type, Open opened) {
        try {
            opened.provider().close();
        } catch (RuntimeException | Error e) {
            log.warn("closing provider {} failed", type, e);
        }
        opened.calls().close();
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
}
