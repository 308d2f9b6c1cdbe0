// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Settings;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the settings of a connection say.
 *
 * @param address where the engine is
 * @param apiVersion the version of its language to use, or null for the engine's own
 * @param discover whether services are taken from the labels of containers
 */
record Connection(EngineAddress address, @Nullable String apiVersion, boolean discover) {
    private static final Pattern API_VERSION = Pattern.compile("1\\.[0-9]{1,3}");

    /**
     * Reads the settings.
     *
     * @throws io.lazystart.failure.ConfigException if one is wrong
     */
    static Connection of(Settings settings, EngineFinder finder) {
        EngineAddress address = finder.find(settings);
        String apiVersion = settings.string("api-version");
        if (apiVersion != null && !API_VERSION.matcher(apiVersion).matches()) {
            throw settings.refuse("api-version", apiVersion + " (expected: such as 1.41; none for the engine's own)");
        }
        return new Connection(address, apiVersion, settings.bool("discover", false));
    }
}
