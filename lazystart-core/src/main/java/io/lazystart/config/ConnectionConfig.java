// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.failure.ConfigException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a provider, under a name by which services use it.
 *
 * @param type type of the provider, such as {@code docker}
 * @param settings the provider's own keys: strings, numbers, booleans, lists and maps of them
 */
public record ConnectionConfig(String type, Map<String, Object> settings) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /**
     * Copies the settings to the ground, keeping their order.
     *
     * @param type the component
     * @param settings the component
     */
    public ConnectionConfig {
        settings = UnitConfig.copyOf(settings);
    }

    /**
     * Checks the name of a connection.
     *
     * @param name lower-case letters, digits and hyphens, a letter first, at most 32 characters, and no key of a service
     * @throws ConfigException if it is another
     */
    public static void checkName(String name) {
        String problem = problem(name);
        if (problem != null) {
            throw new ConfigException("providers." + name, problem);
        }
    }

    /** What is wrong with a name, or null. */
    static @Nullable String problem(String name) {
        if (!NAME.matcher(name).matches()) {
            return "bad name (expected: lower-case letters, digits and hyphens, a letter first, at most 32)";
        }
        return ServiceReader.KEYS.contains(name) ? "bad name (expected: one that is no key of a service)" : null;
    }

    /** Hides the settings: they may hold secrets. */
    @Override
    public String toString() {
        return "ConnectionConfig[type=" + type + ", settings=" + settings.keySet() + "]";
    }
}
