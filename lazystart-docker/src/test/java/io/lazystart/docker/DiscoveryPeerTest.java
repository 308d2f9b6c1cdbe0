// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.github.dockerjava.api.DockerClient;
import io.lazystart.LazyStart;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon containers are found by their labels, and what it costs when there are many. */
@RequiresPeer("docker")
class DiscoveryPeerTest {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Map<String, String> LABELS = Map.of(Containers.LABEL, "true", Label.ENABLE, "true");
    private static final int MANY = 200;
    private static final int LISTS = 9;

    @TempDir
    private Path folder;

    private final Containers containers = new Containers();
    private final Warnings warnings = Warnings.of(Finder.class);
    private final AtomicInteger told = new AtomicInteger();
    private volatile List<DiscoveredService> found = List.of();
    private Forwarder forwarder;
    private Bench bench;

    DiscoveryPeerTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        forwarder = Forwarder.at(socket(), Containers.SOCKET);
        bench = new Bench(Map.of("host", "unix://" + socket(), "discover", true));
        bench.provider.discover(this::onServices);
        Bench.eventually().until(() -> told.get() > 0 && requests("/events?") == 1);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
        warnings.close();
        containers.close();
        forwarder.close();
    }

    @Test
    void created_isToldSoon() {
        create("a", LABELS);

        Bench.eventually(SOON).until(() -> isFound("a"));
    }

    @Test
    void createdWithoutLabels_isNotToldOf() {
        create("other", Map.of(Containers.LABEL, "true"));
        create("a", LABELS);

        Bench.eventually(SOON).until(() -> isFound("a"));
        assertThat(isFound("other")).isFalse();
    }

    @Test
    void removed_isToldSoon() {
        create("a", LABELS);
        Bench.eventually().until(() -> isFound("a"));

        containers.remove(Containers.name("a"));

        Bench.eventually(SOON).until(() -> !isFound("a"));
    }

    @Test
    void renamed_isToldSoonByItsNewName() {
        create("a", LABELS);
        Bench.eventually().until(() -> isFound("a"));

        containers.rename("a", "b");

        Bench.eventually(SOON).until(() -> isFound("b") && !isFound("a"));
    }

    @Test
    void wrongValue_isLoggedOnce() {
        create("wrong", Map.of(Containers.LABEL, "true", Label.ENABLE, "yes"));
        create("a", LABELS);
        Bench.eventually().until(() -> isFound("a"));

        create("b", LABELS);
        Bench.eventually().until(() -> isFound("b"));

        assertThat(isFound("wrong")).isFalse();
        assertThat(warnings.about(Containers.name("wrong")))
                .containsExactly("container " + Containers.name("wrong")
                        + ": label lazystart.enable: yes (expected: true or false); this container is left out");
    }

    @Test
    void many_costOneListAndNoThreadOrStreamEach() {
        List<String> names =
                IntStream.range(0, MANY).mapToObj(number -> "many-" + number).toList();

        containers.inParallel(names, name -> create(name, LABELS));
        long created = System.nanoTime();
        Bench.eventually().until(() -> names.stream().filter(this::isFound).count(), count -> count == MANY);
        long tell = System.nanoTime() - created;
        List<String> requests = forwarder.requests();
        List<String> others = requests.stream()
                .filter(request -> !request.contains("/containers/json?"))
                .toList();

        assertThat(threads()).containsExactly("lazystart-docker-events", "lazystart-docker-finder");
        assertThat(others).singleElement(STRING).contains("/events?");
        System.out.printf(
                "discovery: %d containers: one list takes %.1f ms (median of %d), told %.1f ms after the last create,"
                        + " %d lists meanwhile%n",
                MANY, millis(list()), LISTS, millis(tell), requests.size() - 1);
    }

    @Test
    void many_areReadOnceEachWhenAHostOpens_andHeardByOneStream() {
        List<String> names =
                IntStream.range(0, MANY).mapToObj(number -> "many-" + number).toList();
        containers.inParallel(names, name -> create(name, LABELS));
        long streams = requests("/events?");

        long began = System.nanoTime();
        try (LazyStart host = LazyStart.builder()
                .stateDirectory(folder)
                .connection("docker", "docker", Map.of("host", "unix://" + socket(), "discover", true))
                .build()) {
            assertThat(host.config().services()).hasSize(MANY);
            Bench.eventually().until(() -> requests("/json HTTP") >= MANY);
            System.out.printf(
                    "discovery: a host with %d containers has read them all after %.1f ms%n",
                    MANY, millis(System.nanoTime() - began));
        }

        assertThat(requests("/json HTTP")).isEqualTo(MANY);
        assertThat(requests("/events?")).isEqualTo(streams + 1);
    }

    private void onServices(Collection<DiscoveredService> services) {
        found = List.copyOf(services);
        told.incrementAndGet();
    }

    private Path socket() {
        return folder.resolve("engine.sock");
    }

    private void create(String service, Map<String, String> labels) {
        containers.create(service, Containers.POLITE, command -> command.withLabels(labels));
    }

    private boolean isFound(String service) {
        return found.stream().anyMatch(one -> one.name().equals(Containers.name(service)));
    }

    private long requests(String part) {
        return forwarder.requests().stream()
                .filter(request -> request.contains(part))
                .count();
    }

    /** The provider's own threads, without those of the test and of the core. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("lazystart-docker"))
                .sorted()
                .toList();
    }

    /** How long the engine and docker-java take for a list of all containers. */
    private long list() {
        return IntStream.range(0, LISTS)
                .mapToLong(number -> {
                    long began = System.nanoTime();
                    containers.ask(DiscoveryPeerTest::listAll);
                    return System.nanoTime() - began;
                })
                .sorted()
                .skip(LISTS / 2)
                .findFirst()
                .orElseThrow();
    }

    private static int listAll(DockerClient client) {
        return client.listContainersCmd().withShowAll(true).exec().size();
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
