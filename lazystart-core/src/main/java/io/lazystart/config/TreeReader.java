// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Builds the tree of a file from its tokens, because the line of every key must be known. Refuses duplicate keys. */
final class TreeReader {
    private final JsonParser parser;
    private final Predicate<JsonParser> isAlias;
    private final Expansion expansion;
    private final Refusals refusals;
    private final Map<String, Node> index = new HashMap<>();

    TreeReader(JsonParser parser, Predicate<JsonParser> isAlias, Expansion expansion, Refusals refusals) {
        this.parser = parser;
        this.isAlias = isAlias;
        this.expansion = expansion;
        this.refusals = refusals;
    }

    /** Reads the whole file, which must be one map. */
    Node.Mapping read() throws IOException {
        if (parser.nextToken() == null) {
            throw new Refused(0, "", "empty (expected: a map with the key services)");
        }
        int line = line();
        Node root = node("", line);
        if (!(root instanceof Node.Mapping mapping)) {
            throw new Refused(line, "", "not a map (expected: a map with the key services)");
        }
        if (parser.nextToken() != null) {
            throw new Refused(line(), "", "a second document (expected: one)");
        }
        return mapping;
    }

    /** Every node by its path. */
    Map<String, Node> index() {
        return index;
    }

    private Node node(String path, int line) throws IOException {
        Node node = switch (parser.currentToken()) {
            case START_OBJECT -> mapping(path, line);
            case START_ARRAY -> sequence(path, line);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL ->
                scalar(path, line);
            default -> throw new Refused(line, path, "binary data (expected: a text, number, boolean, list or map)");
        };
        index.put(path, node);
        return node;
    }

    private Node.Mapping mapping(String path, int line) throws IOException {
        Map<String, Node> entries = new LinkedHashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            Integer earlier = lines.putIfAbsent(key, keyLine);
            if (earlier != null) {
                throw new Refused(
                        keyLine, keyPath, "duplicate key (expected: once; it stands in line " + earlier + " too)");
            }
            parser.nextToken();
            entries.put(key, node(keyPath, keyLine));
        }
        return new Node.Mapping(path, line, entries);
    }

    private Node.Sequence sequence(String path, int line) throws IOException {
        List<Node> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(node(path + "[" + elements.size() + "]", line()));
        }
        return new Node.Sequence(path, line, elements);
    }

    private Node.Scalar scalar(String path, int line) throws IOException {
        if (isAlias.test(parser)) {
            throw new Refused(line, path, "an alias (expected: the value itself; shared values go into defaults)");
        }
        JsonToken token = Objects.requireNonNull(parser.currentToken());
        if (token == JsonToken.VALUE_NULL) {
            return new Node.Scalar(path, line, Node.Kind.NULL, "", "", "");
        }
        String written = Objects.requireNonNull(parser.getText());
        if (token == JsonToken.VALUE_STRING) {
            String text = refusals.guard(() -> expansion.expand(line, path, written), written);
            return new Node.Scalar(path, line, Node.Kind.TEXT, written, text, text);
        }
        return token.isNumeric()
                ? new Node.Scalar(path, line, Node.Kind.NUMBER, written, written, number(written))
                : new Node.Scalar(path, line, Node.Kind.BOOLEAN, written, written, bool(written));
    }

    /** A number, or its text where the number would be written differently: 1.10 is a version and 007 an agent. */
    private Object number(String written) throws IOException {
        Number number = parser.getNumberValue();
        return number.toString().equals(written) ? number : written;
    }

    private static Object bool(String written) {
        return written.equals("true") || written.equals("false") ? (Object) Boolean.valueOf(written) : written;
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }
}
