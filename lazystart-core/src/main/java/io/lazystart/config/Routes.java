// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.failure.ConfigException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sees to it that no two services claim the same host and path. */
final class Routes {
    private Routes() {}

    /** Refuses the second service that claims a route. */
    static void refuseDuplicates(Collection<ServiceConfig> services) {
        Map<String, String> owners = new HashMap<>();
        services.forEach(service -> of(service).forEach((route, key) -> {
            String owner = owners.putIfAbsent(route, service.name());
            if (owner != null) {
                throw new ConfigException(
                        "services." + service.name() + "." + key,
                        route + " (expected: a route of its own; the service " + owner + " has this one)");
            }
        }));
    }

    /** Every host with every path, and the key that says so; empty for a service without either. */
    private static Map<String, String> of(ServiceConfig service) {
        if (service.hosts().isEmpty() && service.paths().isEmpty()) {
            return Map.of();
        }
        Map<String, String> routes = new LinkedHashMap<>();
        List<String> hosts = service.hosts().isEmpty() ? List.of("") : service.hosts();
        for (String host : hosts) {
            for (int i = 0; i < service.paths().size(); i++) {
                routes.put(host + service.paths().get(i), "paths[" + i + "]");
            }
        }
        if (service.paths().isEmpty()) {
            for (int i = 0; i < service.hosts().size(); i++) {
                routes.put(service.hosts().get(i) + "/", "hosts[" + i + "]");
            }
        }
        return routes;
    }
}
