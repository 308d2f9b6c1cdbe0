// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.Map;

/**
 * A connection to a provider, under a name by which services use it.
 *
 * @param type type of the provider, such as {@code docker}
 * @param settings the provider's own keys: strings, numbers, booleans, lists and maps of them
 */
public record ConnectionConfig(String type, Map<String, Object> settings) {
    /**
     * Copies the settings to the ground, keeping their order.
     *
     * @param type the component
     * @param settings the component
     */
    public ConnectionConfig {
        settings = UnitConfig.copyOf(settings);
    }

    /** Hides the settings: they may hold secrets. */
    @Override
    public String toString() {
        return "ConnectionConfig[type=" + type + ", settings=" + settings.keySet() + "]";
    }
}
