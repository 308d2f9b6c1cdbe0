// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.provider.Names;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a map whose keys are all known. */
final class Fields {
    private final Refusals refusals;
    private final Map<String, Node> entries;

    /** Refuses what is no map, and every key that is not known. */
    Fields(Refusals refusals, Node node, Collection<String> known) {
        this(refusals, node, known, "");
    }

    /** Likewise, where something else can stand instead of a map. */
    Fields(Refusals refusals, Node node, Collection<String> known, String orElse) {
        this.refusals = refusals;
        this.entries = Values.map(node, orElse + "a map with any of " + String.join(", ", known));
        entries.forEach((key, value) -> {
            if (!known.contains(key)) {
                refusals.add(unknown(key, value, known));
            }
        });
    }

    static Refused unknown(String key, Node node, Collection<String> known) {
        return new Refused(node.line(), node.path(), "unknown key (" + Names.expected(key, known) + ")");
    }

    /** The node of a key, or null. */
    @Nullable
    Node node(String key) {
        return entries.get(key);
    }

    /** Reads a field; what is missing or refused has the other value. */
    <T extends @Nullable Object> T get(String key, Function<Node, ? extends T> reader, T otherwise) {
        Node node = entries.get(key);
        return node == null ? otherwise : refusals.guard(() -> reader.apply(node), otherwise);
    }
}
