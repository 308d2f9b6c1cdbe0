// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.time.Duration;
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

    @Test
    void create_dependenciesGoRound_isRefusedWithThePath() {
        assertThatThrownBy(() -> config(
                        route().dependsOn("b").build("a"),
                        route().dependsOn("c").build("b"),
                        route().dependsOn("a").build("c")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("services.a.depends-on: a -> b -> c -> a (expected: dependencies that do not go round)");
    }

    @Test
    void create_unknownDependency_isRefusedWithTheNearest() {
        assertThatThrownBy(() -> config(route().dependsOn("dbb").build("a"), route().build("db")))
                .hasMessage("services.a.depends-on: dbb (did you mean: db)");
    }

    @Test
    void create_jobForOneAndServerForAnother_isRefused() {
        DependencyConfig job = new DependencyConfig("db", DependencyConfig.Condition.COMPLETED, false, false);

        assertThatThrownBy(() -> config(
                        route().dependsOn(job).build("a"),
                        route().dependsOn("db").build("b"),
                        route().build("db")))
                .hasMessage("services.b.depends-on: db: ready (expected: completed by all who need it or by none;"
                        + " a says completed)");
    }

    @Test
    void create_groupToComplete_isRefused() {
        DependencyConfig job = new DependencyConfig("group", DependencyConfig.Condition.COMPLETED, false, false);

        assertThatThrownBy(() -> config(
                        route().dependsOn(job).build("a"),
                        new ServiceConfigBuilder().dependsOn("b").build("group"),
                        route().build("b")))
                .hasMessageContaining("services.a.depends-on: group: completed (expected: ready or started");
    }

    @Test
    void of_idleTimeoutNotGiven_isZeroForADependencyWithoutRoutes() {
        Map<String, ServiceConfigBuilder> described = new LinkedHashMap<>();
        described.put("web", route().dependsOn("db", "api", "cache"));
        described.put("db", route());
        described.put("api", route().paths("/api"));
        described.put("cache", route().idleTimeout(Duration.ofMinutes(1)));

        LazyStartConfig config =
                LazyStartConfig.of(Path.of("state"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), described);

        assertThat(config.services().get("web").idleTimeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.services().get("db").idleTimeout()).isZero();
        assertThat(config.services().get("api").idleTimeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.services().get("cache").idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.routed()).extracting(ServiceConfig::name).containsExactly("web", "api");
    }

    private static ServiceConfigBuilder route() {
        return new ServiceConfigBuilder().process("true");
    }

    private static LazyStartConfig config(ServiceConfig... services) {
        Map<String, ServiceConfig> byName = new LinkedHashMap<>();
        for (ServiceConfig service : services) {
            byName.put(service.name(), service);
        }
        return new LazyStartConfig(Path.of("state"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), byName);
    }
}
