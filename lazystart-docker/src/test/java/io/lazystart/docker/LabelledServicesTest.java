// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.lazystart.config.DiscoveredServices;
import io.lazystart.provider.DiscoveredService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledServicesTest {
    private static Labelled container(String name, String... labels) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new Labelled(name, all);
    }

    /** A container of the Compose project {@code shop}, with labels of its own. */
    private static Labelled composed(String service, String dependsOn, String... labels) {
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "com.docker.compose.project", "shop",
                "com.docker.compose.service", service,
                "com.docker.compose.container-number", "1",
                "com.docker.compose.oneoff", "False",
                "com.docker.compose.depends_on", dependsOn));
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        return new Labelled("shop-" + service + "-1", all);
    }

    private static List<DiscoveredService> of(Labelled... containers) {
        return LabelledServices.of(List.of(containers));
    }

    private static Map<String, Object> edge(String condition, boolean restartWith, boolean optional) {
        return Map.of(
                "condition", condition,
                "optional", String.valueOf(optional),
                "restart-with", String.valueOf(restartWith));
    }

    @Test
    void enabled_isAServiceOfTheContainersName() {
        assertThat(of(container("notes", "lazystart.enable", "true", "other", "x")))
                .containsExactly(new DiscoveredService(
                        "notes", "container notes", "label lazystart.", Map.of("container", "notes"), Map.of()));
    }

    @Test
    void notEnabled_isNone() {
        assertThat(of(
                        container("a", "lazystart.host", "a.example"),
                        container("b", "lazystart.enable", "false"),
                        container("c", "lazystart.enable", "yes")))
                .isEmpty();
    }

    @Test
    void labels_areKeysOfTheServiceAndOfItsContainer() {
        DiscoveredService notes = of(container(
                        "box",
                        "lazystart.enable",
                        "true",
                        "lazystart.name",
                        "notes",
                        "lazystart.host",
                        "notes.example,n.example",
                        "lazystart.path",
                        "/notes",
                        "lazystart.port",
                        "8080",
                        "lazystart.network",
                        "front",
                        "lazystart.idle-timeout",
                        "10m",
                        "lazystart.stop-method",
                        "pause",
                        "lazystart.stop.drain",
                        "5s",
                        "lazystart.ready.http",
                        "/healthz"))
                .get(0);

        assertThat(notes.name()).isEqualTo("notes");
        assertThat(notes.unit()).isEqualTo(Map.of("container", "box", "port", "8080", "network", "front"));
        assertThat(notes.options())
                .isEqualTo(Map.of(
                        "hosts", "notes.example,n.example",
                        "paths", "/notes",
                        "idle-timeout", "10m",
                        "stop.method", "pause",
                        "stop.drain", "5s",
                        "ready.http", "/healthz"));
    }

    @Test
    void labelsWrittenDifferentlyFromTheirKeys_areToldAsTheyAreWritten() {
        DiscoveredService notes = of(container(
                        "notes",
                        "lazystart.enable",
                        "true",
                        "lazystart.host",
                        "notes.example",
                        "lazystart.paths",
                        "/notes",
                        "lazystart.stop-timeout",
                        "soon",
                        "lazystart.stop.drain",
                        "5s"))
                .get(0);

        assertThat(notes.written()).isEqualTo(Map.of("hosts", "host", "stop.timeout", "stop-timeout"));
    }

    @Test
    void twoLabelsForOneKey_leaveTheContainerOut_andBothAreNamed() {
        Labelled twice = composed(
                "db", "", "lazystart.enable", "true", "lazystart.stop-timeout", "1s", "lazystart.stop.timeout", "2s");

        assertThat(twice.problem())
                .isEqualTo("label lazystart.stop.timeout: given beside lazystart.stop-timeout (expected: one of them)");
        assertThat(of(twice, composed("web", "db:service_started:false", "lazystart.enable", "true")))
                .singleElement()
                .satisfies(web -> assertThat(web.options()).doesNotContainKey("depends-on"));
    }

    @Test
    void twoLabelsForOneKey_whereNobodyWantsItServed_areNoProblem() {
        assertThat(container("notes", "lazystart.path", "/a", "lazystart.paths", "/b")
                        .problem())
                .isNull();
        assertThat(container("notes", "lazystart.enable", "false", "lazystart.path", "/a", "lazystart.paths", "/b")
                        .problem())
                .isNull();
    }

    @Test
    void composeService_isNamedByProjectAndService() {
        assertThat(of(composed("web", "", "lazystart.enable", "true")))
                .extracting(DiscoveredService::name)
                .containsExactly("shop-web");
    }

    @Test
    void composeServiceWithSeveralContainers_isOne() {
        Labelled second = new Labelled(
                "shop-web-2",
                Map.of(
                        "com.docker.compose.project", "shop",
                        "com.docker.compose.service", "web",
                        "com.docker.compose.container-number", "2",
                        "lazystart.enable", "true"));

        assertThat(of(second, composed("web", "", "lazystart.enable", "true")))
                .extracting(found -> found.unit().get("container"))
                .containsExactly("shop-web-1");
    }

    @Test
    void composeMakesAReplacement_theOneThatIsThereStays() {
        Labelled replacement = new Labelled(
                "0123456789ab_shop-web-1",
                Map.of(
                        "com.docker.compose.project", "shop",
                        "com.docker.compose.service", "web",
                        "com.docker.compose.container-number", "1",
                        "com.docker.compose.replace", "shop-web-1",
                        "lazystart.enable", "true"));

        assertThat(of(replacement, composed("web", "", "lazystart.enable", "true")))
                .extracting(found -> found.unit().get("container"))
                .containsExactly("shop-web-1");
    }

    @Test
    void twoComposeProjectsWhoseNamesJoinAlike_areTwoServices() {
        Labelled other = new Labelled(
                "its-own-name",
                Map.of(
                        "com.docker.compose.project", "shop-web",
                        "com.docker.compose.service", "db",
                        "lazystart.enable", "true"));

        assertThat(of(other, composed("web-db", "", "lazystart.enable", "true")))
                .extracting(DiscoveredService::name)
                .containsExactly("shop-web-db", "shop-web-db"); // of which the core refuses one, and says so
    }

    @Test
    void composeDependencies_haveTheirConditions() {
        List<DiscoveredService> found = of(
                composed(
                        "web",
                        "db:service_healthy:true,cache:service_started:false:false,migrate:service_completed_successfully:false:true",
                        "lazystart.enable",
                        "true"),
                composed("db", "", "lazystart.enable", "true"),
                composed("cache", "", "lazystart.enable", "true", "lazystart.name", "memory"),
                composed("migrate", "", "lazystart.enable", "true"));

        assertThat(found.get(3).options().get("depends-on"))
                .isEqualTo(Map.of(
                        "shop-db", edge("ready", true, false),
                        "memory", edge("started", false, true),
                        "shop-migrate", edge("completed", false, false)));
        assertThat(found)
                .extracting(DiscoveredService::name)
                .containsExactly("memory", "shop-db", "shop-migrate", "shop-web");
        assertThat(found.get(1).options()).containsEntry("ready", "provider");
    }

    @Test
    void dependencyThatIsNotEnabled_isStartedAndNeverStopped() {
        List<DiscoveredService> found = of(
                composed("web", "db:service_started:false", "lazystart.enable", "true"),
                composed("db", "disk:service_healthy:false"),
                composed("disk", ""),
                composed("other", ""));

        assertThat(found).extracting(DiscoveredService::name).containsExactly("shop-db", "shop-disk", "shop-web");
        assertThat(found).extracting(DiscoveredService::forOthers).containsExactly(true, true, false);
        assertThat(found.get(0).options())
                .containsEntry("idle-timeout", "never")
                .doesNotContainKey("ready");
        assertThat(found.get(0).unit()).containsEntry("port", "0");
        assertThat(found.get(1).options())
                .containsEntry("idle-timeout", "never")
                .containsEntry("ready", "provider");
    }

    @Test
    void dependencyThatIsNotEnabled_isNeitherRoutedToNorEnded_whateverItsLabelsSay() {
        DiscoveredService db = of(
                        composed("web", "db:service_started:false", "lazystart.enable", "true"),
                        composed(
                                "db",
                                "disk:service_started:true",
                                "lazystart.host",
                                "db.example",
                                "lazystart.paths",
                                "/db",
                                "lazystart.start-endpoint",
                                "/db",
                                "lazystart.idle-timeout",
                                "1s",
                                "lazystart.health.http",
                                "/healthz",
                                "lazystart.on-close",
                                "stop",
                                "lazystart.port",
                                "5432",
                                "lazystart.ready.timeout",
                                "2s",
                                "lazystart.wake-timeout",
                                "1m"),
                        composed("disk", ""))
                .get(0);

        assertThat(db.unit()).isEqualTo(Map.of("container", "shop-db-1", "port", "5432"));
        assertThat(db.options())
                .isEqualTo(Map.of(
                        "depends-on", Map.of("shop-disk", edge("started", false, false)),
                        "idle-timeout", "never",
                        "on-close", "leave",
                        "health", "off",
                        "ready.timeout", "2s",
                        "wake-timeout", "1m"));
        assertThatCode(() -> DiscoveredServices.PLAIN.read("docker", db)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "yes", "TRUE", ""})
    void dependencyThatIsToBeLeftAlone_isNoDependency(String enable) {
        List<DiscoveredService> found = of(
                composed("web", "db:service_started:false,gone:service_started:false", "lazystart.enable", "true"),
                composed("db", "", "lazystart.enable", enable));

        assertThat(found).extracting(DiscoveredService::name).containsExactly("shop-web");
        assertThat(found.get(0).options()).doesNotContainKey("depends-on");
    }

    @Test
    void ownDependencies_winOverThoseOfCompose() {
        DiscoveredService web = of(
                        composed(
                                "web",
                                "db:service_started:false",
                                "lazystart.enable",
                                "true",
                                "lazystart.depends-on",
                                "elsewhere"),
                        composed("db", ""))
                .get(0);

        assertThat(web.options()).containsEntry("depends-on", "elsewhere");
    }

    @Test
    void dependenciesThatGoRound_areAllFound() {
        assertThat(of(
                        composed("a", "b:service_started:false", "lazystart.enable", "true"),
                        composed("b", "a:service_started:false")))
                .hasSize(2);
    }

    @Test
    void composeLabelThatCannotBeUnderstood_isPassedOver() {
        assertThat(of(composed("a", "b:service_odd:false,:service_started, ", "lazystart.enable", "true"))
                        .get(0)
                        .options())
                .doesNotContainKey("depends-on");
    }

    @Test
    void oneOffContainer_isNamedAsItIs() {
        Labelled run = new Labelled(
                "shop-web-run-1",
                Map.of(
                        "com.docker.compose.project", "shop",
                        "com.docker.compose.service", "web",
                        "com.docker.compose.oneoff", "True",
                        "lazystart.enable", "true"));

        assertThat(of(run)).extracting(DiscoveredService::name).containsExactly("shop-web-run-1");
    }
}
