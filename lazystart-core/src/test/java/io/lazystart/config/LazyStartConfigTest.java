// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LazyStartConfigTest {

    @Test
    void create_sameHostAndPath_isRefused() {
        ServiceConfig first = route().hosts("a.localhost").paths("/x").build("first");
        ServiceConfig second =
                route().hosts("b.localhost", "A.localhost").paths("/y", "/x").build("second");

        assertThatThrownBy(() -> config(first, second))
                .isInstanceOf(ConfigException.class)
                .hasMessage("services.second.paths[1]: a.localhost/x"
                        + " (expected: a route of its own; the service first has this one)");
    }

    @Test
    void create_hostAloneAndHostWithRootPath_areTheSameRoute() {
        ServiceConfig first = route().hosts("a.localhost").paths("/").build("first");
        ServiceConfig second = route().hosts("a.localhost").build("second");

        assertThatThrownBy(() -> config(first, second))
                .hasMessage("services.second.hosts[0]: a.localhost/"
                        + " (expected: a route of its own; the service first has this one)");
    }

    @Test
    void create_servicesWithoutRoutes_doNotClash() {
        LazyStartConfig config = config(route().build("first"), route().build("second"));

        assertThat(config.services()).containsOnlyKeys("first", "second");
    }

    @Test
    void create_samePathOnOtherHost_doesNotClash() {
        LazyStartConfig config = config(
                route().hosts("a.localhost").paths("/x").build("first"),
                route().hosts("b.localhost").paths("/x").build("second"),
                route().paths("/x").build("third"));

        assertThat(config.services()).containsOnlyKeys("first", "second", "third");
    }

    private static ServiceConfigBuilder route() {
        return new ServiceConfigBuilder().process("true");
    }

    private static LazyStartConfig config(ServiceConfig... services) {
        Map<String, ServiceConfig> byName = new LinkedHashMap<>();
        for (ServiceConfig service : services) {
            byName.put(service.name(), service);
        }
        return new LazyStartConfig(Path.of("state"), PortRange.DEFAULT, Limits.DEFAULT, byName);
    }
}
