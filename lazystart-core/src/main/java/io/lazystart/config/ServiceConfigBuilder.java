// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.failure.ConfigException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes one service. Every method sets one key and may be called once; what is not set has its default. Values are
 * checked by {@link #build(String)}, so that a refusal can name the service. Not thread-safe.
 *
 * <p>Each method throws {@link IllegalStateException} when its key has been set already, and {@link
 * NullPointerException} for null.
 */
public final class ServiceConfigBuilder {
    private static final Duration IDLE = Duration.ofMinutes(15);
    private static final Duration FIRST_USE = Duration.ofSeconds(30);
    private static final Duration WAKE = Duration.ofMinutes(3);
    private static final Duration HOLD = Duration.ofSeconds(60);
    private static final String AUTO = "auto";

    /** Keys that mean something without a unit. */
    static final List<String> GROUP_KEYS =
            List.of("depends-on", "idle-timeout", "wake-timeout", "wait", "hold-timeout", "page-status");

    private final Map<String, Object> values = new LinkedHashMap<>();

    /** What was built last, until another key is set: a host builds each service when it is described, and then all of them. */
    private @Nullable ServiceConfig built;

    /** Creates a builder with nothing set. */
    public ServiceConfigBuilder() {}

    /**
     * Runs a command as the service's unit: the built-in {@code process} provider. For its other settings use {@link
     * #unit(String, Map)}.
     *
     * @param command program and arguments; <code>{port}</code> in an argument becomes the port given to it
     * @return this
     */
    public ServiceConfigBuilder process(String... command) {
        return unit("process", Map.of("command", List.of(command)));
    }

    /**
     * Names the provider that runs the service. A service has exactly one.
     *
     * @param provider type of the provider, such as {@code process}
     * @param settings that provider's own keys: strings, numbers, booleans, lists and maps of them; copied
     * @return this
     * @throws IllegalArgumentException if the settings hold anything else
     */
    public ServiceConfigBuilder unit(String provider, Map<String, Object> settings) {
        return set("unit", new UnitConfig(provider, settings));
    }

    /**
     * Services that are woken before this one, must be READY before its unit is started, and are held awake as long as it
     * is. Default: none. A service with dependencies and without a unit is a group.
     *
     * @param services names of services
     * @return this
     */
    public ServiceConfigBuilder dependsOn(String... services) {
        return dependsOn(Stream.of(services).map(DependencyConfig::ready).toArray(DependencyConfig[]::new));
    }

    /**
     * As {@link #dependsOn(String...)}, with a condition for each.
     *
     * @param dependencies what is needed, and how
     * @return this
     */
    public ServiceConfigBuilder dependsOn(DependencyConfig... dependencies) {
        return set("depends-on", List.of(dependencies));
    }

    /**
     * Host names that a gateway routes to the service. Default: none.
     *
     * @param hosts names without port; upper case becomes lower case
     * @return this
     */
    public ServiceConfigBuilder hosts(String... hosts) {
        return set("hosts", List.of(hosts));
    }

    /**
     * Path prefixes that a gateway routes to the service. Default: none.
     *
     * @param paths prefixes, such as {@code /notes}
     * @return this
     */
    public ServiceConfigBuilder paths(String... paths) {
        return set("paths", List.of(paths));
    }

    /**
     * Whether a gateway removes the matched prefix before it forwards. Default: false.
     *
     * @param stripPrefix true to remove it
     * @return this
     */
    public ServiceConfigBuilder stripPrefix(boolean stripPrefix) {
        return set("strip-prefix", stripPrefix);
    }

    /**
     * Where the service is reached. Default: {@code auto}, which asks the provider after each start.
     *
     * @param upstream {@code http://} with host and, optionally, a port or <code>{port}</code>; no path; or {@code auto}.
     *     TLS to a service is not spoken yet, so {@code https://} is refused
     * @return this
     */
    public ServiceConfigBuilder upstream(String upstream) {
        return set("upstream", upstream);
    }

    /**
     * How a started unit is asked whether it can serve. Default: {@link ReadyConfig#AUTO}.
     *
     * @param ready the probe
     * @return this
     */
    public ServiceConfigBuilder ready(ReadyConfig ready) {
        return set("ready", ready);
    }

    /**
     * How a ready unit is asked whether it still can serve. Default: it is not asked; where a caller finds it unreachable, it
     * is probed as {@link #ready} says, {@link ReadyConfig#AUTO} by TCP alone, and three failures in a row count as they would
     * with {@link HealthConfig#TCP}.
     *
     * @param health the probe, how often, and how many answers count
     * @return this
     */
    public ServiceConfigBuilder health(HealthConfig health) {
        return set("health", health);
    }

    /**
     * How long nobody uses the service before it sleeps. Default: 15 min; zero for a dependency of others without hosts
     * and paths, which sleeps when its last dependent does.
     *
     * @param idleTimeout zero to sleep at the last release, {@link ServiceConfig#NEVER} to stay awake
     * @return this
     */
    public ServiceConfigBuilder idleTimeout(Duration idleTimeout) {
        return set("idle-timeout", idleTimeout);
    }

    /**
     * How long at least the service stays awake while no lease has been taken. Default: 30 s.
     *
     * @param firstUseTimeout zero or more
     * @return this
     */
    public ServiceConfigBuilder firstUseTimeout(Duration firstUseTimeout) {
        return set("first-use-timeout", firstUseTimeout);
    }

    /**
     * Keeps the service awake while its processes use more than a share of one core, over the last minute or as long as it
     * is ready if that is less. Needs a provider with {@link io.lazystart.provider.Capability#PIDS}. Default: no matter how
     * much they use.
     *
     * @param percent of one core, 1 or more; above 100 for units that use several
     * @return this
     */
    public ServiceConfigBuilder busyCpu(int percent) {
        return set("busy-cpu", percent);
    }

    /**
     * Deadline of a wake attempt. Default: 3 min.
     *
     * @param wakeTimeout more than zero
     * @return this
     */
    public ServiceConfigBuilder wakeTimeout(Duration wakeTimeout) {
        return set("wake-timeout", wakeTimeout);
    }

    /**
     * How the service is put to sleep. Default: {@link StopConfig#DEFAULT}.
     *
     * @param stop the way
     * @return this
     */
    public ServiceConfigBuilder stop(StopConfig stop) {
        return set("stop", stop);
    }

    /**
     * What starts the service again after its unit has died. A failed start is no death, nor is an exit with code 0 while
     * nobody uses it. Default: {@link Restart#ON_REQUEST}.
     *
     * @param restart a person, a caller, or nobody
     * @return this
     */
    public ServiceConfigBuilder restart(Restart restart) {
        return set("restart", restart);
    }

    /**
     * When the service may be started again after a failure. Default: {@link BackoffConfig#DEFAULT}.
     *
     * @param backoff the delays
     * @return this
     */
    public ServiceConfigBuilder backoff(BackoffConfig backoff) {
        return set("backoff", backoff);
    }

    /**
     * What callers get while the service is not ready. Default: {@link WaitMode#AUTO}.
     *
     * @param waitMode page, hold, or by the request
     * @return this
     */
    public ServiceConfigBuilder waitMode(WaitMode waitMode) {
        return set("wait", waitMode);
    }

    /**
     * How long a caller is held. Default: 60 s.
     *
     * @param holdTimeout more than zero
     * @return this
     */
    public ServiceConfigBuilder holdTimeout(Duration holdTimeout) {
        return set("hold-timeout", holdTimeout);
    }

    /**
     * Status of the loading page. Default: 503.
     *
     * @param pageStatus 503 or 200
     * @return this
     */
    public ServiceConfigBuilder pageStatus(int pageStatus) {
        return set("page-status", pageStatus);
    }

    /**
     * The only path that wakes the service. Default: any.
     *
     * @param startEndpoint an exact path, beginning with a slash
     * @return this
     */
    public ServiceConfigBuilder startEndpoint(String startEndpoint) {
        return set("start-endpoint", startEndpoint);
    }

    /**
     * How much of a failure callers are told. Default: {@link ErrorDetails#REASON}.
     *
     * @param errorDetails how much
     * @return this
     */
    public ServiceConfigBuilder errorDetails(ErrorDetails errorDetails) {
        return set("error-details", errorDetails);
    }

    /**
     * What becomes of the unit when the host closes. Default: {@link OnClose#STOP} for a process, {@link OnClose#LEAVE}
     * for everything that outlives the host.
     *
     * @param onClose stop or leave
     * @return this
     */
    public ServiceConfigBuilder onClose(OnClose onClose) {
        return set("on-close", onClose);
    }

    /**
     * Checks every value and makes the record.
     *
     * @param name name of the service: letters, digits, dots, hyphens and underscores, at most 64 characters
     * @return the service
     * @throws ConfigException if the name or a value is refused, or no unit was named
     */
    public ServiceConfig build(String name) {
        ServiceConfig known = built;
        if (known != null && known.name().equals(name)) {
            return known;
        }
        ServiceConfig checked = checked(name);
        built = checked;
        return checked;
    }

    private ServiceConfig checked(String name) {
        ServiceChecks.Problem misnamed = ServiceChecks.name(name);
        if (misnamed != null) {
            throw new ConfigException("services." + name, misnamed.text());
        }
        if (!has("unit") && !has("depends-on")) {
            throw new ConfigException(
                    "services." + name, "no provider (expected: process(…) or unit(…), or dependsOn(…) for a group)");
        }
        ServiceConfig service = create(name);
        if (service.isGroup()) {
            refuseForGroups(name);
        }
        ServiceChecks.Problem problem = ServiceChecks.first(service);
        if (problem != null) {
            throw new ConfigException("services." + name + "." + problem.key(), problem.text());
        }
        return service;
    }

    /** Whether a key has been set. */
    boolean has(String key) {
        return values.containsKey(key);
    }

    private void refuseForGroups(String name) {
        for (String key : values.keySet()) {
            if (!GROUP_KEYS.contains(key)) {
                throw new ConfigException("services." + name + "." + key, notForGroups());
            }
        }
    }

    /** What is said of a key that a group cannot have. */
    static String notForGroups() {
        return "set for a group (expected: a provider, or for a group without one only " + String.join(", ", GROUP_KEYS)
                + ")";
    }

    /** Makes the record without a look at its values. */
    @SuppressWarnings("unchecked") // only dependsOn(…) puts this
    ServiceConfig create(String name) {
        UnitConfig unit = (UnitConfig) values.get("unit");
        String upstream = get("upstream", String.class, AUTO);
        return new ServiceConfig(
                name,
                unit,
                (List<DependencyConfig>) values.getOrDefault("depends-on", List.of()),
                ServiceChecks.lowerCase(texts("hosts")),
                texts("paths"),
                get("strip-prefix", Boolean.class, false),
                upstream.equals(AUTO) ? null : upstream,
                get("ready", ReadyConfig.class, ReadyConfig.AUTO),
                (HealthConfig) values.get("health"),
                get("idle-timeout", Duration.class, IDLE),
                get("first-use-timeout", Duration.class, FIRST_USE),
                (Integer) values.get("busy-cpu"),
                get("wake-timeout", Duration.class, WAKE),
                get("stop", StopConfig.class, StopConfig.DEFAULT),
                get("restart", Restart.class, Restart.ON_REQUEST),
                get("backoff", BackoffConfig.class, BackoffConfig.DEFAULT),
                get("wait", WaitMode.class, WaitMode.AUTO),
                get("hold-timeout", Duration.class, HOLD),
                get("page-status", Integer.class, 503),
                (String) values.get("start-endpoint"),
                get("error-details", ErrorDetails.class, ErrorDetails.REASON),
                get("on-close", OnClose.class, stopsByDefault(unit) ? OnClose.STOP : OnClose.LEAVE));
    }

    /** Whether a unit would be of no use to anybody without its host. */
    private static boolean stopsByDefault(@Nullable UnitConfig unit) {
        return unit != null && unit.provider().equals("process");
    }

    private ServiceConfigBuilder set(String key, Object value) {
        Objects.requireNonNull(value, key);
        built = null;
        if (values.putIfAbsent(key, value) != null) {
            throw new IllegalStateException(key + ": set already (expected: once)");
        }
        return this;
    }

    private <T> T get(String key, Class<T> type, @Nullable T otherwise) {
        Object value = values.get(key);
        return Objects.requireNonNull(value == null ? otherwise : type.cast(value), key);
    }

    @SuppressWarnings("unchecked") // only hosts(…) and paths(…) put these, and they put lists of texts
    private List<String> texts(String key) {
        return (List<String>) values.getOrDefault(key, List.of());
    }
}
