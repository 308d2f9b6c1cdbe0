// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.failure.ConfigException;
import io.lazystart.graph.DependencyGraph;
import io.lazystart.graph.DependencyGraph.CycleException;
import io.lazystart.provider.Names;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sees to it that the services of a configuration can depend on each other as it says. */
final class Dependencies {
    private final Map<String, ServiceConfig> services;

    /** What each service is needed for, and who said so first. */
    private final Map<String, DependencyConfig> needed = new HashMap<>();

    private final Map<String, String> neededBy = new HashMap<>();

    private Dependencies(Map<String, ServiceConfig> services) {
        this.services = services;
    }

    /** Checks every edge, and that they do not go round. */
    static void check(Map<String, ServiceConfig> services) {
        new Dependencies(services).check();
    }

    private void check() {
        Map<String, List<String>> edges = new LinkedHashMap<>();
        services.forEach((name, service) -> {
            if (!service.dependsOn().isEmpty()) {
                service.dependsOn().forEach(edge -> check(name, edge));
                edges.put(name, names(service.dependsOn()));
            }
        });
        needed.keySet().forEach(name -> edges.putIfAbsent(name, List.of()));
        try {
            DependencyGraph.of(edges);
        } catch (CycleException cycle) {
            throw refused(
                    cycle.path().get(0),
                    String.join(" -> ", cycle.path()) + " (expected: dependencies that do not go round)");
        }
    }

    private static List<String> names(List<DependencyConfig> edges) {
        return edges.stream().map(DependencyConfig::service).toList();
    }

    private void check(String dependent, DependencyConfig edge) {
        ServiceConfig target = services.get(edge.service());
        if (target == null) {
            throw refused(dependent, edge.service() + " (" + Names.expected(edge.service(), services.keySet()) + ")");
        }
        if (edge.condition() == Condition.COMPLETED && target.isGroup()) {
            throw refused(dependent, edge.service() + ": completed (expected: ready or started; a group runs nothing)");
        }
        DependencyConfig other = needed.putIfAbsent(edge.service(), edge);
        String otherDependent = neededBy.putIfAbsent(edge.service(), dependent);
        boolean completes = edge.condition() == Condition.COMPLETED;
        if (other != null && completes != (other.condition() == Condition.COMPLETED)) {
            throw refused(
                    dependent,
                    edge.service() + ": " + Values.written(edge.condition())
                            + " (expected: completed by all who need it" + " or by none; " + otherDependent + " says "
                            + Values.written(other.condition()) + ")");
        }
    }

    private static ConfigException refused(String service, String problem) {
        return new ConfigException("services." + service + ".depends-on", problem);
    }
}
