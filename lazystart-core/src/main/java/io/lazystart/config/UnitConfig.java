// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which provider runs a service, with that provider's own settings.
 *
 * @param provider type of the provider, such as {@code process}, or name of a connection
 * @param settings keys below the provider's type: strings, numbers, booleans, lists and maps of them
 */
public record UnitConfig(String provider, Map<String, Object> settings) {
    /**
     * Copies the settings to the ground, keeping their order.
     *
     * @param provider the component
     * @param settings the component
     */
    public UnitConfig {
        Objects.requireNonNull(provider, "provider");
        settings = copyOf(settings);
    }

    /** Hides the settings: they may hold secrets. */
    @Override
    public String toString() {
        return "UnitConfig[provider=" + provider + ", settings=" + settings.keySet() + "]";
    }

    /** A copy to the ground, in the order given. */
    static Map<String, Object> copyOf(Map<String, Object> settings) {
        return copyOf("", settings);
    }

    private static Map<String, Object> copyOf(String path, Map<?, ?> map) {
        if (map.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), copyOf(path + "." + key, value)));
        return Collections.unmodifiableMap(copy);
    }

    private static Object copyOf(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return copyOf(path, map);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(element -> copyOf(path + "[]", element)).toList();
        }
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        // The kind, never the value: it may be a secret.
        String kind = value == null ? "null" : value.getClass().getName();
        throw new IllegalArgumentException(
                "settings" + path + ": " + kind + " (expected: a string, number, boolean, list or map)");
    }
}
