// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.docker.ComposeDependencies.Edge;
import io.lazystart.provider.DiscoveredService;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Makes services of labelled containers: of each that is enabled, and of each that these depend on by Compose. The latter is
 * started when it is needed and never stopped, unless it is enabled itself: nobody has asked for that, and others may use
 * it. Nor is it routed to. Of a Compose service with several containers the first is taken.
 */
final class LabelledServices {
    private static final String DEPENDS_ON = "depends-on";

    private final Map<Labelled.Composed, Labelled> composed = new HashMap<>();
    private final Map<String, Labelled> chosen = new LinkedHashMap<>();

    /** What Compose services are needed for by others, the strongest condition of all, by the names of the containers. */
    private final Map<String, String> needed = new LinkedHashMap<>();

    private LabelledServices(Collection<Labelled> containers) {
        List<Labelled> ordered = containers.stream()
                .sorted(Comparator.comparingInt(Labelled::number)
                        .thenComparing(Labelled::isReplacement)
                        .thenComparing(Labelled::name))
                .toList();
        for (Labelled container : ordered) {
            Labelled.Composed service = container.composed();
            if (service == null || composed.putIfAbsent(service, container) == null) {
                if (container.isEnabled()) {
                    chosen.put(container.name(), container);
                }
            }
        }
    }

    /** All services of these containers, by their names. */
    static List<DiscoveredService> of(Collection<Labelled> containers) {
        LabelledServices services = new LabelledServices(containers);
        services.addDependencies();
        return services.chosen.values().stream()
                .sorted(Comparator.comparing(Labelled::service).thenComparing(Labelled::name))
                .map(services::service)
                .toList();
    }

    private void addDependencies() {
        Deque<Labelled> open = new ArrayDeque<>(chosen.values());
        for (Labelled next = open.poll(); next != null; next = open.poll()) {
            for (Edge edge : edges(next)) {
                Labelled dependency = Objects.requireNonNull(composed.get(edge.composed()));
                needed.merge(dependency.name(), edge.condition(), LabelledServices::stronger);
                if (chosen.putIfAbsent(dependency.name(), dependency) == null) {
                    open.add(dependency);
                }
            }
        }
    }

    private static String stronger(String one, String other) {
        return one.equals("started") ? other : one;
    }

    /** Edges to containers that are there and may be used; none where the container's own labels say what it depends on. */
    private List<Edge> edges(Labelled container) {
        List<Edge> edges = new ArrayList<>();
        if (container.label(Label.PREFIX + DEPENDS_ON) != null) {
            return edges;
        }
        for (Edge edge : ComposeDependencies.of(container)) {
            Labelled dependency = composed.get(edge.composed());
            if (dependency != null && !dependency.isLeftOut()) {
                edges.add(edge);
            }
        }
        return edges;
    }

    private DiscoveredService service(Labelled container) {
        Map<String, Object> unit = new LinkedHashMap<>();
        unit.put("container", container.name());
        Map<String, Object> options = new TreeMap<>();
        Map<String, String> written = new HashMap<>();
        container.labels().forEach((label, value) -> {
            if (label.startsWith(Label.PREFIX) && !Label.isOwn(label)) {
                String bare = label.substring(Label.PREFIX.length());
                String key = Label.key(bare);
                if (Label.isOfUnit(key)) {
                    unit.put(key, value);
                } else if (container.isEnabled() || Label.isOfDependency(key)) {
                    options.put(key, value);
                    written.put(key, bare);
                }
            }
        });
        addEdges(container, options);
        addWhatIsNeeded(container, unit, options);
        written.entrySet().removeIf(one -> one.getValue().equals(one.getKey()));
        return new DiscoveredService(
                container.service(),
                container.origin(),
                "label " + Label.PREFIX,
                unit,
                options,
                written,
                !container.isEnabled());
    }

    private void addEdges(Labelled container, Map<String, Object> options) {
        Map<String, Object> edges = new LinkedHashMap<>();
        for (Edge edge : edges(container)) {
            Labelled dependency = Objects.requireNonNull(composed.get(edge.composed()));
            // Compose restarts it with a dependency, which here would end what is not ours to end.
            edges.put(dependency.service(), (container.isEnabled() ? edge : edge.alone()).options());
        }
        if (!edges.isEmpty()) {
            options.put(DEPENDS_ON, edges);
        }
    }

    /** What follows for a container from who depends on it, where its own labels do not say otherwise. */
    private void addWhatIsNeeded(Labelled container, Map<String, Object> unit, Map<String, Object> options) {
        String condition = needed.get(container.name());
        if (condition == null) {
            return;
        }
        boolean probed = options.keySet().stream().anyMatch(key -> key.equals("ready") || key.startsWith("ready."));
        if (condition.equals("ready") && !probed) {
            options.put("ready", "provider");
        }
        if (!container.isEnabled()) {
            // also where the defaults of a configuration file say otherwise
            options.put("idle-timeout", "never");
            options.put("on-close", "leave");
            options.put("health", "off");
            unit.putIfAbsent("port", "0"); // nothing is known of a port that it serves
        }
    }
}
