// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a configuration file that knows where it stands. */
sealed interface Node {

    /** Keys joined by dots; empty for the whole file. */
    String path();

    /** Line of the key, or of the element in a list. */
    int line();

    /** How the value is shown in a refusal: as written, before the environment was expanded. */
    String shown();

    /** The value for a provider: text, number, boolean, list or map. */
    Object plain();

    /** What a scalar was in the file. */
    enum Kind {
        TEXT,
        NUMBER,
        BOOLEAN,
        NULL
    }

    /**
     * One value.
     *
     * @param written as it stands in the file
     * @param text after the environment was expanded
     * @param value what a provider gets
     */
    record Scalar(String path, int line, Kind kind, String written, String text, Object value) implements Node {
        @Override
        public String shown() {
            return written.isEmpty() ? "empty" : ServiceChecks.withoutUser(written);
        }

        @Override
        public Object plain() {
            return value;
        }

        boolean expanded() {
            return !written.equals(text);
        }
    }

    /** A list. */
    record Sequence(String path, int line, List<Node> elements) implements Node {
        @Override
        public String shown() {
            return "a list";
        }

        @Override
        public Object plain() {
            List<Object> plain = new ArrayList<>();
            elements.forEach(element -> plain.add(element.plain()));
            return plain;
        }
    }

    /** A map; keys in file order. */
    record Mapping(String path, int line, Map<String, Node> entries) implements Node {
        @Override
        public String shown() {
            return "a map";
        }

        @Override
        public Map<String, Object> plain() {
            Map<String, Object> plain = new LinkedHashMap<>();
            entries.forEach((key, value) -> plain.put(key, value.plain()));
            return plain;
        }
    }
}
