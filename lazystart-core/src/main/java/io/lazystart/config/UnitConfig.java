// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Which provider runs a service, with that provider's own settings.
 *
 * @param provider type of the provider, such as {@code process}
 * @param settings keys below the provider's type: strings, numbers, booleans, lists and maps of them
 */
public record UnitConfig(String provider, Map<String, Object> settings) {
    /** Copies the settings, keeping their order. */
    public UnitConfig {
        Objects.requireNonNull(provider, "provider");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** Hides the settings: they may hold secrets. */
    @Override
    public String toString() {
        return "UnitConfig[provider=" + provider + ", settings=" + settings.keySet() + "]";
    }
}
