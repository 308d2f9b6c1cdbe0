// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.DiscoveredServices;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of services that were found and are wrong. */
class MergeTest {
    private static final Source.Declared WEB = new Source.Declared(
            LazyStartConfig.of(
                    Path.of("unused"),
                    PortRange.DEFAULT,
                    Limits.DEFAULT,
                    Map.of(),
                    Map.of("web", new ServiceConfigBuilder().unit("scripted", Map.of()))),
            DiscoveredServices.PLAIN,
            config -> {});

    private static DiscoveredService found(String name, String origin, Map<String, Object> options) {
        return new DiscoveredService(name, origin, "label nap.", Map.of("port", "x"), options);
    }

    private static Merge merge(DiscoveredService... services) {
        return new Merge(WEB, Map.of(), Map.of("scripted", List.of(services)));
    }

    @Test
    void wrongValue_isToldWithOriginKeyValueAndExpectation() {
        Merge merge = merge(found("notes", "container notes", Map.of("stop.timeout", "soon")));

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "container notes",
                        "label nap.stop.timeout: soon (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M)"));
    }

    @Test
    void unknownKey_isToldWithTheNearest() {
        Merge merge = merge(found("notes", "container notes", Map.of("idle-timeut", "5m")));

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "container notes", "label nap.idle-timeut: unknown key (did you mean: idle-timeout)"));
    }

    @Test
    void badName_isTold() {
        Merge merge = merge(found("no name", "container x", Map.of()));

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "container x",
                        "bad name (expected: letters, digits, dots, hyphens and underscores, at most 64 characters)"));
    }

    @Test
    void takenName_isToldWithWhoHasIt() {
        Merge merge = merge(
                found("web", "container one", Map.of()),
                found("a", "container two", Map.of()),
                found("a", "container three", Map.of()));

        assertThat(merge.problems())
                .containsOnly(
                        Map.entry("container one", "the configuration has a service web too (expected: another name)"),
                        Map.entry("container three", "container two has the name a too (expected: another name)"));
        assertThat(merge.config().services().keySet()).containsExactly("web", "a");
    }

    @Test
    void keyGivenInTwoWays_isTold() {
        Merge merge = merge(found("notes", "container notes", Map.of("ready", "tcp", "ready.timeout", "1s")));

        assertThat(merge.problems().get("container notes")).contains("given").contains("ready");
    }

    @Test
    void settingOfTheUnit_refusedByItsProvider_isToldAsItIsWritten() {
        Merge merge = merge(found("a.b", "container x", Map.of()), found("a", "container y", Map.of()));

        merge.leaveOut(new ConfigException("services.a.b.scripted.port", "x (expected: a port)"));

        assertThat(merge.problems()).containsExactly(Map.entry("container x", "label nap.port: x (expected: a port)"));
        assertThat(merge.config().services().keySet()).containsExactly("web", "a");
    }

    @Test
    void refusalOfWhatIsConfigured_isThrownOnceNothingIsLeftThatWasFound() {
        Merge merge = merge(found("a", "container a", Map.of()));
        ConfigException refused = new ConfigException("services.web.scripted", "taken (expected: free)");

        merge.leaveOut(refused);

        assertThat(merge.problems())
                .containsExactly(Map.entry("container a", "services.web.scripted: taken (expected: free)"));
        assertThatThrownBy(() -> merge.leaveOut(refused)).isSameAs(refused);
    }
}
