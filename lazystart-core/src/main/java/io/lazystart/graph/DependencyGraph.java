// SPDX-License-Identifier: Apache-2.0
package io.lazystart.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who needs whom. Built and checked once; immutable. An edge leads from a dependent to what it depends on. Nodes without
 * edges take no room, since most have none.
 *
 * <p>Nothing here recurses: a chain of a hundred thousand services is as good as any other graph.
 */
public final class DependencyGraph {
    /** A graph of nobody. */
    public static final DependencyGraph EMPTY = new DependencyGraph(Map.of(), Map.of(), List.of());

    private final Map<String, List<String>> dependencies;
    private final Map<String, List<String>> dependents;
    private final List<String> order;

    private DependencyGraph(
            Map<String, List<String>> dependencies, Map<String, List<String>> dependents, List<String> order) {
        this.dependencies = dependencies;
        this.dependents = dependents;
        this.order = order;
    }

    /** A graph that goes round. */
    public static final class CycleException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<String> path;

        private CycleException(List<String> path) {
            super(String.join(" -> ", path));
            this.path = List.copyOf(path);
        }

        /**
         * Tells where it goes round.
         *
         * @return names in the order of the edges; the first is the last again
         */
        public List<String> path() {
            return path;
        }
    }

    /**
     * Builds the graph.
     *
     * @param edges each node with the nodes it depends on, which must be keys too
     * @return the graph
     * @throws CycleException if it goes round
     */
    public static DependencyGraph of(Map<String, ? extends Collection<String>> edges) throws CycleException {
        Map<String, List<String>> forward = new LinkedHashMap<>();
        Map<String, List<String>> back = new LinkedHashMap<>();
        edges.forEach((node, needed) -> {
            if (!needed.isEmpty()) {
                forward.put(node, List.copyOf(needed));
                needed.forEach(name ->
                        back.computeIfAbsent(name, other -> new ArrayList<>()).add(node));
            }
        });
        back.replaceAll((node, names) -> List.copyOf(names));
        return new DependencyGraph(forward, back, new Sorter(forward, edges.keySet()).sort());
    }

    /**
     * Tells what a service needs.
     *
     * @param service name of a service
     * @return what it depends on, in the order given; empty for an unknown one
     */
    public List<String> dependencies(String service) {
        return dependencies.getOrDefault(service, List.of());
    }

    /**
     * Tells who needs a service.
     *
     * @param service name of a service
     * @return who depends on it; empty for an unknown one
     */
    public List<String> dependents(String service) {
        return dependents.getOrDefault(service, List.of());
    }

    /**
     * Orders all services so that each comes after what it depends on.
     *
     * @return every service once
     */
    public List<String> order() {
        return order;
    }

    /** Walks depth first and puts a node down when all that it needs lies there. */
    private static final class Sorter {
        private final Map<String, List<String>> forward;
        private final Collection<String> nodes;
        private final List<String> done = new ArrayList<>();
        private final Set<String> placed = new HashSet<>();

        /** The nodes from the root of the walk to where it is, and how many edges of each have been walked. */
        private final Deque<String> path = new ArrayDeque<>();

        private final Map<String, Integer> walked = new LinkedHashMap<>();

        Sorter(Map<String, List<String>> forward, Collection<String> nodes) {
            this.forward = forward;
            this.nodes = nodes;
        }

        List<String> sort() throws CycleException {
            for (String root : nodes) {
                if (!forward.containsKey(root)) {
                    leaf(root);
                } else if (!placed.contains(root)) {
                    enter(root);
                    walk();
                }
            }
            return List.copyOf(done);
        }

        /** Most nodes need nothing, and no walk. */
        private void leaf(String node) {
            if (placed.add(node)) {
                done.add(node);
            }
        }

        private void enter(String node) {
            path.addLast(node);
            walked.put(node, 0);
        }

        private void walk() throws CycleException {
            while (!path.isEmpty()) {
                String node = path.getLast();
                List<String> needed = forward.getOrDefault(node, List.of());
                int next = walked.merge(node, 1, Integer::sum) - 1;
                if (next >= needed.size()) {
                    path.removeLast();
                    walked.remove(node);
                    placed.add(node);
                    done.add(node);
                } else if (walked.containsKey(needed.get(next))) {
                    throw new CycleException(cycle(needed.get(next)));
                } else if (!placed.contains(needed.get(next))) {
                    enter(needed.get(next));
                }
            }
        }

        private List<String> cycle(String again) {
            List<String> names = new ArrayList<>(path);
            names = new ArrayList<>(names.subList(names.indexOf(again), names.size()));
            names.add(again);
            return names;
        }
    }
}
