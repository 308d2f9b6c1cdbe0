// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.failure.ConfigException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the line of a path, and hides what came from the environment in a message about it. */
final class Locations {
    private final String file;
    private final Map<String, Node> index;

    Locations(String file, Map<String, Node> index) {
        this.file = file;
        this.index = Map.copyOf(index);
    }

    ConfigException locate(ConfigException exception) {
        String path = exception.path();
        String message = String.valueOf(exception.getMessage());
        String start = path.isEmpty() ? "" : path + ": ";
        if (!message.startsWith(start) || message.startsWith(file + ":")) {
            return exception; // it has its place already
        }
        Node node = nearest(path);
        String problem = hide(node, message.substring(start.length()));
        String location = path.isEmpty() ? file : file + ":" + node.line();
        return new ConfigException(location, path, problem, exception.getCause());
    }

    private Node nearest(String path) {
        for (String rest = path; !rest.isEmpty(); rest = parent(rest)) {
            Node node = index.get(rest);
            if (node != null) {
                return node;
            }
        }
        Node root = index.get("");
        return root != null ? root : new Node.Mapping("", 1, Map.of());
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }

    /** Longest first, so that a value within another one does not break it up. */
    private static String hide(Node node, String problem) {
        List<Node.Scalar> secrets = scalars(node).stream()
                .filter(scalar -> scalar.expanded() && !scalar.text().isEmpty())
                .sorted(Comparator.comparingInt(
                                (Node.Scalar scalar) -> scalar.text().length())
                        .reversed())
                .toList();
        String hidden = problem;
        for (Node.Scalar secret : secrets) {
            hidden = hidden.replace(secret.text(), secret.written());
        }
        return hidden;
    }

    private static Collection<Node.Scalar> scalars(@Nullable Node node) {
        if (node instanceof Node.Scalar scalar) {
            return List.of(scalar);
        }
        Collection<Node> children = node instanceof Node.Mapping mapping
                ? mapping.entries().values()
                : node instanceof Node.Sequence sequence ? sequence.elements() : List.of();
        return children.stream().flatMap(child -> scalars(child).stream()).toList();
    }
}
