// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ConnectionConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.ConfigException;
import io.lazystart.http.WakeGuard;
import io.lazystart.provider.Names;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import io.lazystart.watch.CircuitListener;
import io.lazystart.watch.IdleVeto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes a {@link LazyStart}. A second set of one option is refused. Not thread-safe. */
public final class LazyStartBuilder {
    private final Map<String, ServiceConfigBuilder> services = new LinkedHashMap<>();
    private final Map<String, ConnectionConfig> connections = new LinkedHashMap<>();
    private final List<ProviderFactory> factories = new ArrayList<>();
    private @Nullable Path file;
    private @Nullable Path stateDirectory;
    private @Nullable PortRange portRange;
    private @Nullable Limits limits;
    private @Nullable WakeGuard guard;
    private @Nullable CircuitListener circuits;
    private final List<IdleVeto> vetoes = new ArrayList<>();
    private final Map<String, List<IdleVeto>> vetoesByService = new LinkedHashMap<>();
    private @Nullable Ticker ticker;
    private @Nullable Scheduler scheduler;
    private @Nullable Consumer<LazyStartConfig> validator;
    private @Nullable ReloadListener reloadListener;
    private @Nullable Consumer<Reload> discoveryListener;
    private boolean discover = true;
    private boolean keepStartTimes = true;

    LazyStartBuilder() {}

    /**
     * Reads services and settings from a YAML or JSON file. Cannot be combined with services, connections, state
     * directory, port range or limits given in code.
     *
     * @param path the file
     * @return this
     */
    public LazyStartBuilder file(Path path) {
        file = once("file", file, path);
        return this;
    }

    /**
     * Adds a service.
     *
     * @param name letters, digits, dots, hyphens and underscores, at most 64 characters
     * @param description sets the service's options
     * @return this
     * @throws ConfigException if the name is taken or an option is wrong
     */
    public LazyStartBuilder service(String name, Consumer<ServiceConfigBuilder> description) {
        ServiceConfigBuilder builder = new ServiceConfigBuilder();
        description.accept(builder);
        builder.build(name);
        if (services.putIfAbsent(name, builder) != null) {
            throw new ConfigException("services." + name, "given twice (expected: each name once)");
        }
        return this;
    }

    /**
     * Says where files that outlive the host are kept. Default: {@link LazyStartConfig#defaultStateDirectory()}.
     *
     * @param directory made when it is needed
     * @return this
     */
    public LazyStartBuilder stateDirectory(Path directory) {
        stateDirectory = once("stateDirectory", stateDirectory, directory);
        return this;
    }

    /**
     * Says which ports providers may give to units. Default: 20000 to 29999.
     *
     * @param range inclusive
     * @return this
     */
    public LazyStartBuilder portRange(PortRange range) {
        portRange = once("portRange", portRange, range);
        return this;
    }

    /**
     * Bounds what holds for all services together. Default: {@link Limits#DEFAULT}.
     *
     * @param bounds the bounds
     * @return this
     */
    public LazyStartBuilder limits(Limits bounds) {
        limits = once("limits", limits, bounds);
        return this;
    }

    /**
     * Decides who may wake a service over HTTP. Default: everybody.
     *
     * @param wakeGuard asked for each request to a service that is not ready
     * @return this
     */
    public LazyStartBuilder wakeGuard(WakeGuard wakeGuard) {
        guard = once("wakeGuard", guard, wakeGuard);
        return this;
    }

    /**
     * Hears of services that have failed so often in a row that they are not started any more, for alerts. Default: nobody;
     * each is logged as a warning anyway.
     *
     * @param listener called for every service
     * @return this
     */
    public LazyStartBuilder circuitListener(CircuitListener listener) {
        circuits = once("circuitListener", circuits, listener);
        return this;
    }

    /**
     * Asks before any service sleeps because nobody uses it. Several may be given; one that is busy is enough. Default: none.
     *
     * @param veto asked for each service
     * @return this
     */
    public LazyStartBuilder idleVeto(IdleVeto veto) {
        vetoes.add(Objects.requireNonNull(veto, "veto"));
        return this;
    }

    /**
     * Asks before one service sleeps because nobody uses it, beside those that are asked for all.
     *
     * @param service name of the service, in code or in the file
     * @param veto asked for that service alone
     * @return this
     */
    public LazyStartBuilder idleVeto(String service, IdleVeto veto) {
        vetoesByService
                .computeIfAbsent(Objects.requireNonNull(service, "service"), name -> new ArrayList<>())
                .add(Objects.requireNonNull(veto, "veto"));
        return this;
    }

    /**
     * Names a connection to a provider, which services use by the name as they would by the provider's type. A type that
     * needs no settings needs no connection.
     *
     * @param name lower-case letters, digits and hyphens, a letter first, at most 32 characters; may be the type itself
     * @param type type of the provider
     * @param settings the provider's own keys: strings, numbers, booleans, lists and maps of them; copied
     * @return this
     * @throws ConfigException if the name is taken, is none, or is a key of a service
     * @throws IllegalArgumentException if the settings hold anything else
     */
    public LazyStartBuilder connection(String name, String type, Map<String, Object> settings) {
        ConnectionConfig.checkName(name);
        if (connections.putIfAbsent(name, new ConnectionConfig(type, settings)) != null) {
            throw new ConfigException("providers." + name, "given twice (expected: each name once)");
        }
        return this;
    }

    /**
     * Hands over a provider type, beside those that are found.
     *
     * @param factory makes providers of the type
     * @return this
     */
    public LazyStartBuilder provider(ProviderFactory factory) {
        factories.add(Objects.requireNonNull(factory, "factory"));
        return this;
    }

    /**
     * Says whether provider types are looked for by {@link java.util.ServiceLoader}. Default: true. Without it only
     * those handed over are there.
     *
     * @param look false to look for none
     * @return this
     */
    public LazyStartBuilder discoverProviders(boolean look) {
        discover = look;
        return this;
    }

    /**
     * Says whether the start times that are learned are kept in the state directory, for the host that comes after this
     * one. Default: true. Without it they are learned anew by each host, and nothing is read or written for them.
     *
     * @param keep false to forget them at the end
     * @return this
     */
    public LazyStartBuilder keepStartTimes(boolean keep) {
        keepStartTimes = keep;
        return this;
    }

    /**
     * Replaces the clock, for tests. Default: {@link Ticker#system()}.
     *
     * @param clock the only source of time
     * @return this
     */
    public LazyStartBuilder ticker(Ticker clock) {
        ticker = once("ticker", ticker, clock);
        return this;
    }

    /**
     * Replaces the timers, for tests. Default: one thread of the instance's own.
     *
     * @param timers not closed with the instance
     * @return this
     */
    public LazyStartBuilder scheduler(Scheduler timers) {
        scheduler = once("scheduler", scheduler, timers);
        return this;
    }

    /**
     * Has the host refuse what it cannot serve, before anything is opened or reloaded. A {@link ConfigException} about a service of a
     * file is completed with file and line.
     *
     * @param refusal throws where it refuses
     * @return this
     */
    public LazyStartBuilder validator(Consumer<LazyStartConfig> refusal) {
        validator = once("validator", validator, refusal);
        return this;
    }

    /**
     * Has the file read again by itself when it has changed, as {@link LazyStart#reload()} does. It is looked at twice a
     * second, and taken once it has been left alone from one look to the next. Default: only {@code reload()} reads it.
     *
     * @param listener hears what became of it
     * @return this
     */
    public LazyStartBuilder reloadOnChange(ReloadListener listener) {
        reloadListener = once("reloadOnChange", reloadListener, listener);
        return this;
    }

    /**
     * Hears what has changed because providers have found services, or find them no more. Default: it is logged.
     *
     * @param listener called on a thread that is there for that, one call at a time, after each change
     * @return this
     */
    public LazyStartBuilder discoveryListener(Consumer<Reload> listener) {
        discoveryListener = once("discoveryListener", discoveryListener, listener);
        return this;
    }

    private static <T> T once(String option, @Nullable T before, T value) {
        if (before != null) {
            throw new IllegalStateException(option + ": set twice (expected: at most once)");
        }
        return Objects.requireNonNull(value, option);
    }

    /**
     * Opens providers, and adopts units that run already.
     *
     * @return to be closed by the caller
     * @throws ConfigException if the configuration is refused, or an idle veto is for a service that is not there; then
     *     nothing was started
     * @throws io.lazystart.failure.LazyStartException if a provider cannot be opened; then nothing was started
     */
    public LazyStart build() {
        if (reloadListener != null && file == null) {
            throw new IllegalStateException("reloadOnChange: there is no file (expected: file() beside it)");
        }
        return LazyStart.open(source(), host(), reloadListener);
    }

    /**
     * Does all that {@link #build()} does before anything is started: reads, has each provider look at its settings, and
     * closes it again. It starts and adopts nothing, takes no port and no lock, and leaves no file behind. A host that runs
     * on the same state directory is not disturbed; that it does is no reason to refuse here.
     *
     * @return what would be served
     * @throws ConfigException if the configuration would be refused
     * @throws io.lazystart.failure.LazyStartException if a provider could not be opened
     */
    public LazyStartConfig check() {
        Source source = source();
        return source.use(declared -> {
            Services.check(declared, source.providers(), host());
            return declared.config();
        });
    }

    private Host host() {
        return new Host(
                ticker == null ? Ticker.system() : ticker,
                scheduler,
                guard == null ? WakeGuard.ALLOW_ALL : guard,
                keepStartTimes,
                new Vetoes(vetoes, vetoesByService),
                circuits == null ? (service, failures, reason) -> {} : circuits,
                discoveryListener == null ? done -> {} : discoveryListener);
    }

    private Source source() {
        boolean described = !services.isEmpty() || !connections.isEmpty();
        if (file != null && (described || stateDirectory != null || portRange != null || limits != null)) {
            throw new IllegalStateException("file: given beside services or settings in code (expected: one of them)");
        }
        return new Source(
                file, this::described, Providers.of(factories, discover), validator == null ? config -> {} : validator);
    }

    private LazyStartConfig described() {
        return LazyStartConfig.of(
                stateDirectory == null ? LazyStartConfig.defaultStateDirectory() : stateDirectory,
                portRange == null ? PortRange.DEFAULT : portRange,
                limits == null ? Limits.DEFAULT : limits,
                connections,
                services);
    }

    /**
     * What the host hands over beside the configuration.
     *
     * @param ticker the clock
     * @param scheduler the timers, or null for some of the instance's own
     * @param guard decides who may wake
     * @param keepStartTimes whether start times are kept in the state directory
     * @param vetoes may object to a sleep
     * @param circuits hears of circuits that open and close
     * @param onDiscovered hears what has changed by what providers have found
     */
    record Host(
            Ticker ticker,
            @Nullable Scheduler scheduler,
            WakeGuard guard,
            boolean keepStartTimes,
            Vetoes vetoes,
            CircuitListener circuits,
            Consumer<Reload> onDiscovered) {}

    /**
     * Who may object to a sleep.
     *
     * @param all asked for every service
     * @param byService asked for one
     */
    record Vetoes(List<IdleVeto> all, Map<String, List<IdleVeto>> byService) {
        Vetoes {
            all = List.copyOf(all);
            byService = Map.copyOf(byService);
        }

        List<IdleVeto> of(String service) {
            List<IdleVeto> own = byService.getOrDefault(service, List.of());
            return own.isEmpty()
                    ? all
                    : Stream.concat(all.stream(), own.stream()).toList();
        }

        /** Refuses names that no service has. */
        void check(Set<String> services) {
            for (String name : byService.keySet()) {
                if (!services.contains(name)) {
                    throw new ConfigException("idleVeto", name + " (" + Names.expected(name, services) + ")");
                }
            }
        }
    }
}
