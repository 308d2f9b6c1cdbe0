// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A whole configuration, as the builder and a file give it.
 *
 * @param stateDirectory where files that outlive the host are kept
 * @param portRange ports that providers may give to units
 * @param limits bounds that hold for all services together
 * @param connections connections to providers by name, in the order given; a service that names a provider's type needs none
 * @param services services by name, in the order given
 */
public record LazyStartConfig(
        Path stateDirectory,
        PortRange portRange,
        Limits limits,
        Map<String, ConnectionConfig> connections,
        Map<String, ServiceConfig> services) {
    /**
     * Copies the services, keeping their order, and checks what holds between them.
     *
     * @param stateDirectory the component
     * @param portRange the component
     * @param limits the component
     * @param connections the component
     * @param services the component
     * @throws io.lazystart.failure.ConfigException if two services have the same route, or a dependency is unknown, goes
     *     round or asks for what its service cannot give
     */
    public LazyStartConfig {
        Routes.refuseDuplicates(services.values());
        Dependencies.check(services);
        connections = Collections.unmodifiableMap(new LinkedHashMap<>(connections));
        services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
    }

    /**
     * Makes a configuration of services that are still being described: what none of them says has the default that
     * follows from its part among the others.
     *
     * @param stateDirectory where files that outlive the host are kept
     * @param portRange ports that providers may give to units
     * @param limits bounds that hold for all services together
     * @param connections connections to providers by name
     * @param described the services by name, in the order given
     * @return the configuration
     * @throws io.lazystart.failure.ConfigException as the constructor's
     */
    public static LazyStartConfig of(
            Path stateDirectory,
            PortRange portRange,
            Limits limits,
            Map<String, ConnectionConfig> connections,
            Map<String, ServiceConfigBuilder> described) {
        return new LazyStartConfig(stateDirectory, portRange, limits, connections, built(described));
    }

    private static Map<String, ServiceConfig> built(Map<String, ServiceConfigBuilder> described) {
        Map<String, ServiceConfig> services = new LinkedHashMap<>();
        described.forEach((name, builder) -> services.put(name, builder.build(name)));
        Set<String> needed = needed(services.values());
        services.replaceAll((name, service) -> {
            boolean given = described.get(name) != null && described.get(name).has("idle-timeout");
            return given || hasRoutes(service) || !needed.contains(name)
                    ? service
                    : service.withIdleTimeout(Duration.ZERO);
        });
        return services;
    }

    /**
     * The same with other services, and some that are still being described. Those have the defaults that follow from their
     * part among all; the others stay as they are.
     *
     * @param others services by name
     * @param described further services by name; they come after the others
     * @return the configuration
     * @throws io.lazystart.failure.ConfigException as the constructor's
     */
    public LazyStartConfig with(Map<String, ServiceConfig> others, Map<String, ServiceConfigBuilder> described) {
        Map<String, ServiceConfig> all = new LinkedHashMap<>(others);
        all.putAll(built(described));
        return new LazyStartConfig(stateDirectory, portRange, limits, connections, all);
    }

    /**
     * Finds the connection that a service names.
     *
     * @param name name of a connection, or type of a provider
     * @return what is configured under the name; where nothing is, the provider of that type without any settings
     */
    public ConnectionConfig connection(String name) {
        ConnectionConfig configured = connections.get(name);
        return configured == null ? new ConnectionConfig(name, Map.of()) : configured;
    }

    private static Set<String> needed(Collection<ServiceConfig> services) {
        return services.stream()
                .filter(service -> !service.dependsOn().isEmpty())
                .flatMap(service -> service.dependsOn().stream())
                .map(DependencyConfig::service)
                .collect(Collectors.toSet());
    }

    private static boolean hasRoutes(ServiceConfig service) {
        return !service.hosts().isEmpty() || !service.paths().isEmpty();
    }

    /**
     * Tells which services a gateway routes requests to: those with hosts or paths, and those without either that are
     * not there for others. Groups serve nobody.
     *
     * @return in the order given
     */
    public List<ServiceConfig> routed() {
        Set<String> needed = needed(services.values());
        return services.values().stream()
                .filter(service -> !service.isGroup())
                .filter(service -> hasRoutes(service) || !needed.contains(service.name()))
                .toList();
    }

    /**
     * Tells which services are jobs: those of which others need that they have run and ended well.
     *
     * @return names of services
     */
    public Set<String> jobs() {
        return services.values().stream()
                .filter(service -> !service.dependsOn().isEmpty())
                .flatMap(service -> service.dependsOn().stream())
                .filter(edge -> edge.condition() == DependencyConfig.Condition.COMPLETED)
                .map(DependencyConfig::service)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Tells where state is kept unless the configuration says otherwise.
     *
     * @return {@code $XDG_STATE_HOME/lazystart}, or {@code ~/.local/state/lazystart}
     */
    public static Path defaultStateDirectory() {
        String xdg = System.getenv("XDG_STATE_HOME");
        Path base = xdg == null || xdg.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(xdg);
        return base.resolve("lazystart");
    }
}
