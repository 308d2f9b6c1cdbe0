// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keys that services take over where they do not say otherwise. */
final class Defaults {
    static final Defaults NONE = new Defaults(Map.of());

    /** Keys whose own keys are taken over one by one. */
    private static final Set<String> MERGED = Set.of("ready", "health", "stop", "backoff");

    /** A service that says how it is probed takes over the time-out alone. */
    private static final Set<String> PROBE_KINDS = Set.of("http", "tcp", "provider");

    private final Map<String, Node> entries;

    Defaults(Map<String, Node> entries) {
        this.entries = entries;
    }

    /** The service's own keys, and below them what is taken over. */
    Map<String, Node> under(Map<String, Node> own) {
        Map<String, Node> all = new LinkedHashMap<>(entries);
        own.forEach((key, node) ->
                all.merge(key, node, (inherited, given) -> MERGED.contains(key) ? merge(inherited, given) : given));
        return all;
    }

    private static Node merge(Node inherited, Node given) {
        if (!(inherited instanceof Node.Mapping below) || !(given instanceof Node.Mapping above)) {
            return given;
        }
        Map<String, Node> merged = new LinkedHashMap<>(below.entries());
        if (above.entries().keySet().stream().anyMatch(PROBE_KINDS::contains)) {
            merged.keySet().removeAll(List.of("http", "tcp", "provider", "codes"));
        }
        merged.putAll(above.entries());
        return new Node.Mapping(above.path(), above.line(), merged);
    }
}
