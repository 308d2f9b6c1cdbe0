// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A service that a provider has found. What is wrong with it is logged as {@code <origin>: <prefix><key>: <value> (expected:
 * …)}, and disables that service only.
 *
 * @param name name of the service
 * @param origin where it was found, such as {@code container notes}
 * @param prefix what stands before a key there, such as {@code label lazystart.}
 * @param unit the keys below the provider's type, for {@link Provider#unit}
 * @param options the other keys of a service, with dots between those of a key and of what stands below it, such as {@code
 *     stop.method}; values are texts, where a list is expected with commas between its elements, or lists and maps of texts
 * @param written how options are written where it was found, by their keys; without those that are written as they are here
 * @param forOthers whether nobody has asked for it itself: it is served as long as another service depends on it
 */
public record DiscoveredService(
        String name,
        String origin,
        String prefix,
        Map<String, Object> unit,
        Map<String, Object> options,
        Map<String, String> written,
        boolean forOthers) {
    /**
     * Copies the maps, keeping their order.
     *
     * @param name the component
     * @param origin the component
     * @param prefix the component
     * @param unit the component
     * @param options the component
     * @param written the component
     * @param forOthers the component
     */
    public DiscoveredService {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(prefix, "prefix");
        unit = Collections.unmodifiableMap(new LinkedHashMap<>(unit));
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        written = Map.copyOf(written);
    }

    /**
     * Makes one that was asked for itself, whose options are written as they are here.
     *
     * @param name the component
     * @param origin the component
     * @param prefix the component
     * @param unit the component
     * @param options the component
     */
    public DiscoveredService(
            String name, String origin, String prefix, Map<String, Object> unit, Map<String, Object> options) {
        this(name, origin, prefix, unit, options, Map.of(), false);
    }
}
