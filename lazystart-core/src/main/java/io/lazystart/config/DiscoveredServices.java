// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.DiscoveredService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads services that a provider has found as if they stood in the configuration file: with its defaults, and by the same
 * rules. The environment is not expanded in them. Immutable.
 */
public final class DiscoveredServices {
    /** Where there is no file, and so no defaults. */
    public static final DiscoveredServices PLAIN = new DiscoveredServices(Set.of(), Defaults.NONE);

    /** Keys whose value is a list, or may be one. */
    private static final Set<String> LISTS = Set.of("hosts", "paths", "depends-on");

    private final Collection<String> providers;
    private final Defaults defaults;

    /** Reads services with defaults; they may not name any of the providers but the one that has found them. */
    DiscoveredServices(Collection<String> providers, Defaults defaults) {
        this.providers = providers;
        this.defaults = defaults;
    }

    /**
     * Reads a service.
     *
     * @param connection connection of the provider that has found it
     * @param found what was found
     * @return the service, still to be built
     * @throws ConfigException if anything about it is wrong; with the path that it would have in a file
     */
    public ServiceConfigBuilder read(String connection, DiscoveredService found) {
        List<String> names = new ArrayList<>(providers);
        names.add(connection);
        Refusals refusals = new Refusals(found.origin());
        try {
            Node.Mapping node = new Tree("services." + found.name()).of(connection, found);
            ServiceConfigBuilder builder = new ServiceReader(names, refusals).service(found.name(), node, defaults);
            refusals.throwFirst();
            return builder;
        } catch (Refused refused) {
            throw new ConfigException(refused.path(), refused.problem());
        }
    }

    /** Makes a tree of what a file would say; what comes first there has the lower line. */
    private static final class Tree {
        private final String path;
        private int line;

        Tree(String path) {
            this.path = path;
        }

        Node.Mapping of(String connection, DiscoveredService found) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put(connection, found.unit());
            found.options().forEach((key, value) -> {
                boolean list = LISTS.contains(key) && value instanceof String;
                put(all, key, list ? elements((String) value) : value);
            });
            return mapping(path, all);
        }

        private static List<String> elements(String text) {
            List<String> elements = new ArrayList<>();
            for (String element : text.split(",", -1)) {
                elements.add(element.strip());
            }
            return elements;
        }

        /** Puts a value below the parts of its key. */
        private void put(Map<String, Object> into, String key, Object value) {
            int dot = key.indexOf('.');
            if (dot < 0) {
                if (into.putIfAbsent(key, value) != null) {
                    throw new Refused(1, path + "." + key, "given twice (expected: once)");
                }
                return;
            }
            Map<String, Object> below = new LinkedHashMap<>();
            if (into.get(key.substring(0, dot)) instanceof Map<?, ?> known) {
                known.forEach((name, element) -> below.put(String.valueOf(name), element));
            } else if (into.containsKey(key.substring(0, dot))) {
                throw new Refused(
                        1, path + "." + key, "given beside " + key.substring(0, dot) + " (expected: one of them)");
            }
            put(below, key.substring(dot + 1), value);
            into.put(key.substring(0, dot), below);
        }

        private Node.Mapping mapping(String at, Map<?, ?> map) {
            line++;
            int here = line;
            Map<String, Node> entries = new LinkedHashMap<>();
            map.forEach((key, value) -> entries.put(String.valueOf(key), node(at + "." + key, value)));
            return new Node.Mapping(at, here, entries);
        }

        private Node node(String at, Object value) {
            if (value instanceof Map<?, ?> map) {
                return mapping(at, map);
            }
            line++;
            int here = line;
            if (value instanceof List<?> list) {
                List<Node> elements = new ArrayList<>();
                list.forEach(element -> elements.add(node(at + "[" + elements.size() + "]", element)));
                return new Node.Sequence(at, here, elements);
            }
            String text = String.valueOf(value);
            return new Node.Scalar(at, here, Node.Kind.TEXT, text, text, value);
        }
    }
}
