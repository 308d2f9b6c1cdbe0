// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import io.lazystart.failure.ConfigException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys below a provider's type in a service's configuration. Reading a key marks it as known; {@link
 * #refuseUnknown()} refuses the rest. Every refusal names the path, the value and what was expected. Not thread-safe.
 */
public final class Settings {
    private final String path;
    private final Map<String, Object> values;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * Wraps values.
     *
     * @param path where the values stand, such as {@code services.notes.process}
     * @param values strings, numbers, booleans, lists and maps of them
     */
    public Settings(String path, Map<String, Object> values) {
        this.path = path;
        this.values = values;
    }

    /**
     * Tells where the values stand.
     *
     * @return keys joined by dots
     */
    public String path() {
        return path;
    }

    /**
     * Reads a text.
     *
     * @param key the key
     * @return the text, or null where the key is not given
     * @throws ConfigException if the value is no text
     */
    public @Nullable String string(String key) {
        Object value = value(key);
        return value == null ? null : text(key, value);
    }

    /**
     * Reads a whole number.
     *
     * @param key the key
     * @param first the least that is allowed
     * @param last the most that is allowed
     * @return the number, or null where the key is not given
     * @throws ConfigException if the value is no whole number, or out of range
     */
    public @Nullable Integer integer(String key, int first, int last) {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        String text = text(key, value);
        // Nine digits fit into an int.
        int number = text.matches("-?[0-9]{1,9}") ? Integer.parseInt(text) : Integer.MIN_VALUE;
        if (number < first || number > last || number == Integer.MIN_VALUE) {
            throw refuse(key, text + " (expected: a whole number from " + first + " to " + last + ")");
        }
        return number;
    }

    /**
     * Reads a yes or no.
     *
     * @param key the key
     * @param otherwise what holds where the key is not given
     * @return true or false
     * @throws ConfigException if the value is neither
     */
    public boolean bool(String key, boolean otherwise) {
        Object value = value(key);
        return switch (String.valueOf(value == null ? otherwise : value)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refuse(key, value + " (expected: true or false)");
        };
    }

    /**
     * Reads settings that stand below a key. Their own unknown keys are refused by their own {@link #refuseUnknown()}.
     *
     * @param key the key
     * @return the settings, or null where the key is not given
     * @throws ConfigException if the value is no map
     */
    public @Nullable Settings nested(String key) {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw refuse(key, value + " (expected: a map)");
        }
        Map<String, Object> below = new LinkedHashMap<>();
        map.forEach((name, element) -> below.put(String.valueOf(name), element));
        return new Settings(path + "." + key, below);
    }

    /**
     * Reads a list of texts that must be given and not be empty. Numbers and booleans count as text.
     *
     * @param key the key
     * @return the texts, unmodifiable
     * @throws ConfigException if the key is missing or its value is no such list
     */
    public List<String> requiredStrings(String key) {
        Object value = value(key);
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list.stream().map(element -> text(key, element)).toList();
        }
        throw refuse(
                key, (value == null ? "missing" : String.valueOf(value)) + " (expected: a list of texts, not empty)");
    }

    /**
     * Reads a map from text to text. Numbers and booleans count as text.
     *
     * @param key the key
     * @return the map in the order given; empty where the key is not given
     * @throws ConfigException if the value is no such map
     */
    public Map<String, String> stringMap(String key) {
        Object value = value(key);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw refuse(key, value + " (expected: a map from name to text)");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((name, element) -> texts.put(String.valueOf(name), text(key + "." + name, element)));
        return texts;
    }

    /**
     * Refuses keys that have not been read.
     *
     * @throws ConfigException naming the first of them and the nearest known key
     */
    public void refuseUnknown() {
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw refuse(key, "unknown key (" + Names.expected(key, known) + ")");
            }
        }
    }

    /**
     * Makes the refusal of a value.
     *
     * @param key the key
     * @param problem the value and what was expected instead
     * @return the exception to throw
     */
    public ConfigException refuse(String key, String problem) {
        return new ConfigException(path + "." + key, problem);
    }

    private @Nullable Object value(String key) {
        known.add(key);
        return values.get(key);
    }

    private String text(String key, @Nullable Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        throw refuse(key, value + " (expected: a text)");
    }
}
