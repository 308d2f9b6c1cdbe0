// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.VirtualScheduler;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a configuration may say of a service of a swarm. */
class SwarmUnitTest {
    private final FakeTicker ticker = new FakeTicker();

    @Test
    void service_missing_isRefused() {
        refused(Map.of(), "services.web.swarm.service: missing (expected: name of a service of the swarm)");
        refused(Map.of("service", "a b"), "services.web.swarm.service: a b (expected: name of");
    }

    @Test
    void replicas_none_isRefused() {
        refused(
                Map.of("service", "web", "replicas", 0),
                "services.web.swarm.replicas: 0 (expected: a whole number from 1 to 100000)");
    }

    @Test
    void anyOtherKey_isRefused() {
        refused(Map.of("service", "web", "network", "back"), "services.web.swarm.network: unknown key");
    }

    @Test
    void discover_isRefused() {
        assertThatThrownBy(() -> provider(Map.of("discover", true)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("providers.swarm.discover: unknown key");
    }

    private void refused(Map<String, Object> settings, String message) {
        try (Provider provider = provider(Map.of())) {
            assertThatThrownBy(() -> provider.unit("web", new Settings("services.web.swarm", settings)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(message);
        }
    }

    private Provider provider(Map<String, Object> settings) {
        return new SwarmProviderFactory()
                .create(new ProviderContext(
                        "swarm",
                        new Settings("providers.swarm", settings),
                        ticker,
                        new VirtualScheduler(ticker),
                        Path.of("unused"),
                        PortRange.DEFAULT));
    }
}
