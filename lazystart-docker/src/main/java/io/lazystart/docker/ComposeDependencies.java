// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Compose service depends on, as Compose writes it into a label of its containers: {@code
 * db:service_healthy:true,cache:service_started:false:false}, which is service, condition, restart and, in newer versions,
 * required.
 */
final class ComposeDependencies {
    private static final Map<String, String> CONDITIONS = Map.of(
            "service_started", "started",
            "service_healthy", "ready",
            "service_completed_successfully", "completed");

    private ComposeDependencies() {}

    /**
     * One dependency.
     *
     * @param composed what is depended on
     * @param condition ready, started or completed
     * @param restartWith whether the dependent is restarted with it
     * @param optional whether the dependent can do without it
     */
    record Edge(Labelled.Composed composed, String condition, boolean restartWith, boolean optional) {
        /** The keys of a dependency in a service's configuration. */
        Map<String, Object> options() {
            Map<String, Object> options = new LinkedHashMap<>();
            options.put("condition", condition);
            options.put("optional", String.valueOf(optional));
            options.put("restart-with", String.valueOf(restartWith));
            return options;
        }

        /** The same without a restart. */
        Edge alone() {
            return new Edge(composed, condition, false, optional);
        }
    }

    /** The dependencies of a container; none if it is of no Compose service, or the label cannot be understood. */
    static List<Edge> of(Labelled container) {
        String label = container.label(Label.COMPOSE_DEPENDS_ON);
        Labelled.Composed dependent = container.composed();
        if (label == null || label.isBlank() || dependent == null) {
            return List.of();
        }
        List<Edge> edges = new ArrayList<>();
        for (String part : label.split(",", -1)) {
            Edge edge = edge(dependent.project(), part.strip().split(":", -1));
            if (edge != null) {
                edges.add(edge);
            }
        }
        return edges;
    }

    private static @Nullable Edge edge(String project, String[] parts) {
        String condition = parts.length < 2 ? "started" : CONDITIONS.get(parts[1]);
        if (parts[0].isEmpty() || condition == null) {
            return null;
        }
        boolean restart = parts.length > 2 && Boolean.parseBoolean(parts[2]);
        boolean optional = parts.length > 3 && !Boolean.parseBoolean(parts[3]);
        return new Edge(new Labelled.Composed(project, parts[0]), condition, restart, optional);
    }
}
