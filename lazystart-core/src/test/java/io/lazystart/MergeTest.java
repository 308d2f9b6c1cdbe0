// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.DiscoveredServices;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

    private static DiscoveredService forOthers(String name, Map<String, Object> options) {
        return new DiscoveredService(
                name, "container " + name, "label nap.", Map.of("port", "x"), options, Map.of(), true);
    }

    private static Merge merge(DiscoveredService... services) {
        return new Merge(WEB, Map.of(), Map.of("scripted", List.of(services)));
    }

    @Test
    void wrongValue_isToldWithOriginKeyValueAndExpectation() {
        Merge merge = merge(found("notes", "container notes", Map.of("stop.timeout", "soon")));

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "scripted: container notes",
                        "label nap.stop.timeout: soon (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M)"));
    }

    @Test
    void wrongValue_ofAKeyWrittenDifferently_isToldAsItIsWritten() {
        Map<String, Object> options = Map.of("hosts", "a:80", "stop.timeout", "1s");
        Map<String, String> written = Map.of("hosts", "host", "stop.timeout", "stop-timeout");
        DiscoveredService notes =
                new DiscoveredService("notes", "container notes", "label nap.", Map.of(), options, written, false);
        Merge merge = merge(notes);

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "scripted: container notes",
                        "label nap.host[0]: a:80 (expected: a host name without port, such as notes.localhost)"));
    }

    @Test
    void unknownKey_isToldWithTheNearest() {
        Merge merge = merge(found("notes", "container notes", Map.of("idle-timeut", "5m")));

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "scripted: container notes",
                        "label nap.idle-timeut: unknown key (did you mean: idle-timeout)"));
    }

    @Test
    void badName_isTold() {
        Merge merge = merge(found("no name", "container x", Map.of()));

        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "scripted: container x",
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
                        Map.entry(
                                "scripted: container one",
                                "the configuration has a service web too (expected: another name)"),
                        Map.entry(
                                "scripted: container three",
                                "scripted: container two has the name a too (expected: another name)"));
        assertThat(merge.config().services().keySet()).containsExactly("web", "a");
    }

    @Test
    void serviceForOthers_isServedAsLongAsAnotherDependsOnIt_alsoByOthers() {
        Merge merge = merge(
                found("shop", "container shop", Map.of("depends-on", "db")),
                forOthers("db", Map.of("depends-on", "disk")),
                forOthers("disk", Map.of()),
                forOthers("left", Map.of("depends-on", "over")),
                forOthers("over", Map.of()));
        assertThat(merge.config().services().keySet()).containsExactly("web", "shop", "db", "disk");

        merge.leaveOut(new ConfigException("services.shop.scripted.port", "x (expected: a port)"));

        LazyStartConfig config = merge.config();
        assertThat(config.services().keySet()).containsExactly("web");
        assertThat(merge.served(config)).isEmpty();
        assertThat(merge.problems().keySet()).containsExactly("scripted: container shop");
    }

    @Test
    void takenName_whatWasAskedForKeepsIt_againstWhatIsThereForOthers() {
        Merge merge = merge(forOthers("db", Map.of()), found("db", "container asked", Map.of()));

        assertThat(merge.config().services().keySet()).containsExactly("web", "db");
        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "scripted: container db",
                        "scripted: container asked has the name db too (expected: another name)"));
    }

    @Test
    void keyGivenInTwoWays_isTold() {
        Merge merge = merge(found("notes", "container notes", Map.of("ready", "tcp", "ready.timeout", "1s")));

        assertThat(merge.problems().get("scripted: container notes"))
                .contains("given")
                .contains("ready");
    }

    @Test
    void settingOfTheUnit_refusedByItsProvider_isToldAsItIsWritten() {
        Merge merge = merge(found("a.b", "container x", Map.of()), found("a", "container y", Map.of()));

        merge.leaveOut(new ConfigException("services.a.b.scripted.port", "x (expected: a port)"));

        assertThat(merge.problems())
                .containsExactly(Map.entry("scripted: container x", "label nap.port: x (expected: a port)"));
        assertThat(merge.config().services().keySet()).containsExactly("web", "a");
    }

    @Test
    void refusalOfWhatIsConfigured_leavesOutWhatItTakesOffenceAt() {
        Merge merge = merge(
                found("a", "container a", Map.of("depends-on", "c")),
                found("b", "container b", Map.of()),
                found("c", "container c", Map.of()));
        ConfigException refused = new ConfigException("services.web.scripted", "taken (expected: free)");

        assertThat(merge.leaveOut(refused)).isFalse();
        merge.leaveOutByTrial(config -> {
            if (config.services().containsKey("b")) {
                throw refused;
            }
        });

        assertThat(merge.config().services().keySet()).containsExactlyInAnyOrder("web", "a", "c");
        assertThat(merge.problems())
                .containsExactly(Map.entry("scripted: container b", "services.web.scripted: taken (expected: free)"));
    }

    @Test
    void refusalOfWhatIsConfiguredAlone_isThrown() {
        Merge merge = merge(found("a", "container a", Map.of()));
        ConfigException refused = new ConfigException("services.web.scripted", "taken (expected: free)");

        assertThatThrownBy(() -> merge.leaveOutByTrial(config -> {
                    throw refused;
                }))
                .isSameAs(refused);
    }

    @Test
    void edgeThatWouldMakeAConfiguredServiceAJob_isRefused() {
        Merge merge =
                merge(found("a", "container a", Map.of("depends-on", Map.of("web", Map.of("condition", "completed")))));

        assertThatThrownBy(merge::config)
                .hasMessage(
                        "services.a.depends-on: web: completed (expected: ready or started; the configuration has it"
                                + " serve)");
    }

    @Test
    void twoConnectionsFindOneName_theOneThatHasItKeepsIt() {
        Map<String, List<DiscoveredService>> both = new LinkedHashMap<>();
        both.put("first", List.of(found("a", "container a", Map.of())));
        both.put("second", List.of(found("a", "container a", Map.of())));
        ServiceConfig before =
                new ServiceConfigBuilder().unit("second", Map.of()).build("a");

        Merge merge = new Merge(WEB, Map.of("a", new Merge.Served("second", before)), both);

        assertThat(merge.config().services().get("a").unit().provider()).isEqualTo("second");
        assertThat(merge.problems())
                .containsExactly(Map.entry(
                        "first: container a", "second: container a has the name a too (expected: another name)"));
    }
}
