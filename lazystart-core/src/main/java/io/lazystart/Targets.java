// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.wake.SharedUnits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What all services are to be by a configuration.
 *
 * @param config the configuration
 * @param services what each is to be, by name
 * @param sharing the units that several services are to use, and which
 */
record Targets(LazyStartConfig config, Map<String, Target> services, Map<Units.Key, List<ServiceConfig>> sharing) {

    /**
     * Brings together what is configured and what it was found to be.
     *
     * @param opened the units by the names of their services; groups have none
     * @throws ConfigException if services that are to use one unit want different things of it
     */
    static Targets of(LazyStartConfig config, Map<String, Units.Opened> opened) {
        Map<Units.Key, List<ServiceConfig>> sharing = sharing(config, opened);
        Set<String> jobs = config.jobs();
        sharing.forEach((key, users) -> refuseConflicts(key, users, jobs));
        Map<String, Target> services = new LinkedHashMap<>(2 * config.services().size());
        config.services().forEach((name, service) -> {
            Units.Opened unit = opened.get(name);
            boolean shared = unit != null && sharing.containsKey(unit.key());
            services.put(name, new Target(service, unit, jobs.contains(name), shared));
        });
        return new Targets(config, services, sharing);
    }

    /** A list for each unit would cost a lot where thousands of services have one each. */
    private static Map<Units.Key, List<ServiceConfig>> sharing(
            LazyStartConfig config, Map<String, Units.Opened> opened) {
        Map<Units.Key, ServiceConfig> first = new HashMap<>(2 * opened.size());
        Map<Units.Key, List<ServiceConfig>> sharing = new LinkedHashMap<>();
        config.services().forEach((name, service) -> {
            Units.Opened unit = opened.get(name);
            if (unit == null) {
                return;
            }
            ServiceConfig other = first.putIfAbsent(unit.key(), service);
            if (other != null) {
                sharing.computeIfAbsent(unit.key(), key -> new ArrayList<>(List.of(other)))
                        .add(service);
            }
        });
        return sharing;
    }

    private static void refuseConflicts(Units.Key key, List<ServiceConfig> services, Set<String> jobs) {
        for (ServiceConfig service : services) {
            if (jobs.contains(service.name())) {
                throw new ConfigException(
                        "services." + service.name() + "." + key.connection(),
                        "unit " + key.unit() + " is used by another service too (expected: one of its own, since others"
                                + " need that it has completed)");
            }
        }
        SharedUnits.refuseConflicts(services);
    }
}
