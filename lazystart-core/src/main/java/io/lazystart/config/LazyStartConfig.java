// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole configuration, as the builder and a file give it.
 *
 * @param stateDirectory where files that outlive the host are kept
 * @param portRange ports that providers may give to units
 * @param limits bounds that hold for all services together
 * @param services services by name, in the order given
 */
public record LazyStartConfig(
        Path stateDirectory, PortRange portRange, Limits limits, Map<String, ServiceConfig> services) {
    /**
     * Copies the services, keeping their order.
     *
     * @param stateDirectory the component
     * @param portRange the component
     * @param limits the component
     * @param services the component
     * @throws io.lazystart.failure.ConfigException if two services have the same route
     */
    public LazyStartConfig {
        Routes.refuseDuplicates(services.values());
        services = Collections.unmodifiableMap(new LinkedHashMap<>(services));
    }

    /**
     * Tells where state is kept unless the configuration says otherwise.
     *
     * @return {@code $XDG_STATE_HOME/lazystart}, or {@code ~/.local/state/lazystart}
     */
    public static Path defaultStateDirectory() {
        String xdg = System.getenv("XDG_STATE_HOME");
        Path base = xdg == null || xdg.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(xdg);
        return base.resolve("lazystart");
    }
}
