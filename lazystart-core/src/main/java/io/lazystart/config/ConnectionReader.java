// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.provider.Names;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the connections to providers: a map by name, each with its type and the provider's own keys. */
final class ConnectionReader {
    private static final String MAP = "a map of connections by name";

    private final Collection<String> types;
    private final Refusals refusals;

    ConnectionReader(Collection<String> types, Refusals refusals) {
        this.types = types;
        this.refusals = refusals;
    }

    Map<String, ConnectionConfig> read(Node node) {
        Map<String, ConnectionConfig> connections = new LinkedHashMap<>();
        Values.map(node, MAP)
                .forEach((name, below) -> refusals.guard(() -> connections.put(name, connection(name, below))));
        return connections;
    }

    /** What a service may name: the types, and the connections, be they right or not. */
    Set<String> names(@Nullable Node node) {
        Set<String> names = new TreeSet<>(types);
        if (node instanceof Node.Mapping mapping) {
            names.addAll(mapping.entries().keySet());
            names.removeAll(ServiceReader.KEYS);
        }
        return names;
    }

    private ConnectionConfig connection(String name, Node node) {
        String problem = ConnectionConfig.problem(name);
        if (problem != null) {
            throw new Refused(node.line(), node.path(), problem);
        }
        Map<String, Node> entries =
                new LinkedHashMap<>(Values.map(node, "a map with the settings of the connection, {} for none"));
        Node typed = entries.remove("type");
        String type = typed == null ? name : Values.text(typed, "the type of a provider");
        if (!types.contains(type)) {
            Node where = typed == null ? node : typed;
            throw new Refused(where.line(), where.path(), type + ": no such provider (" + hint(type) + ")");
        }
        return new ConnectionConfig(type, new Node.Mapping(node.path(), node.line(), entries).plain());
    }

    private String hint(String type) {
        return Names.expected(type, types)
                + (ServiceReader.ARTIFACTS.contains(type) ? "; add the artifact io.lazystart:lazystart-" + type : "");
    }
}
