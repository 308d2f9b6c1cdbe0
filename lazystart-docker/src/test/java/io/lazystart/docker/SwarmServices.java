// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a person at another terminal does with a swarm. Names are the test's own with those of this JVM and case before them. */
final class SwarmServices implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final AtomicInteger CASES = new AtomicInteger();

    private final String prefix =
            "lazystart-test-" + ProcessHandle.current().pid() + "-" + CASES.incrementAndGet() + "-";
    private final Engine engine = new Engine(EngineAddress.socket(SwarmEngine.socket()), null);
    private final SwarmApi api = new SwarmApi(engine);
    private final List<String> made = new ArrayList<>();

    String name(String service) {
        return prefix + service;
    }

    /** A service of no tasks yet that run a script in the engine's network. Gives its id. */
    String create(String service, Duration grace, String script) {
        return create(service, grace, script, spec -> {});
    }

    String create(String service, Duration grace, String script, Consumer<ObjectNode> more) {
        ObjectNode spec = JSON.createObjectNode().put("Name", name(service));
        spec.putObject("Labels").put(Containers.LABEL, "true");
        spec.putObject("Mode").putObject("Replicated").put("Replicas", 0);
        ObjectNode template = spec.putObject("TaskTemplate");
        template.putArray("Networks").addObject().put("Target", "host");
        ObjectNode container = template.putObject("ContainerSpec")
                .put("Image", Images.BUSYBOX)
                .put("StopGracePeriod", grace.toNanos());
        container.putObject("Labels").put(Containers.LABEL, "true");
        container.putArray("Command").add("/bin/sh").add("-c").add(script);
        more.accept(spec);
        String id = posted("/services/create", spec).path("ID").asText();
        made.add(id);
        return id;
    }

    /** Gives its tasks a network of their own, and has each node publish a port that it chooses. */
    static void published(ObjectNode spec) {
        spec.withObjectProperty("TaskTemplate").remove("Networks");
        spec.putObject("EndpointSpec")
                .putArray("Ports")
                .addObject()
                .put("Protocol", "tcp")
                .put("TargetPort", 8080)
                .put("PublishMode", "host");
    }

    SwarmService read(String service) {
        return asked(() -> api.service(name(service)));
    }

    /** Scales it as {@code docker service scale} does, which notes nothing. */
    void scale(String service, int replicas) {
        update(
                service,
                spec -> spec.withObjectProperty("Mode")
                        .withObjectProperty("Replicated")
                        .put("Replicas", replicas));
    }

    /** Tries again where the managers have changed it between the question and the update. */
    void update(String service, Consumer<ObjectNode> change) {
        boolean updated = false;
        while (!updated) {
            SwarmService read = read(service);
            ObjectNode spec = (ObjectNode) read.scaled(read.replicas());
            change.accept(spec);
            updated = asked(() -> api.update(read, spec));
        }
    }

    List<SwarmTask> tasks(String service) {
        return asked(() -> api.tasks(Set.of(read(service).id())));
    }

    List<SwarmTask> serving(String service) {
        return tasks(service).stream()
                .filter(task -> task.isRunning() && task.isWanted())
                .toList();
    }

    void awaitServing(String service, int count) {
        await().atMost(PATIENCE)
                .pollInterval(SHORT)
                .until(() -> serving(service).size() == count);
    }

    /** Ends all that runs of it, without its count being changed. */
    void kill(String service) {
        serving(service).forEach(this::kill);
    }

    void signal(String service, String signal) {
        serving(service)
                .forEach(task -> ask(client -> client.killContainerCmd(task.container())
                        .withSignal(signal)
                        .exec()));
    }

    /** Scales it to nothing and ends what runs, and returns when it has ended. */
    void stop(String service) {
        List<SwarmTask> ran = serving(service);
        scale(service, 0);
        await().atMost(PATIENCE)
                .pollInterval(SHORT)
                .until(() -> tasks(service).stream().noneMatch(SwarmTask::isWanted));
        ran.forEach(this::kill);
        await().atMost(PATIENCE)
                .pollInterval(SHORT)
                .until(() ->
                        api.containers(read(service).id()).values().stream().noneMatch(running -> running));
    }

    private void kill(SwarmTask task) {
        try {
            ask(client -> client.killContainerCmd(task.container()).exec());
        } catch (ConflictException | NotFoundException ended) {
            // as it should be
        }
    }

    /** Waits until the script has set its traps, which is when it has a child. */
    void awaitUp(String service) {
        await().atMost(PATIENCE)
                .pollInterval(SHORT)
                .until(() -> serving(service).stream()
                        .map(this::pid)
                        .allMatch(pid -> ProcessHandle.of(pid)
                                .map(process -> process.children().findAny().isPresent())
                                .orElse(false)));
    }

    private long pid(SwarmTask task) {
        return ask(client -> client.inspectContainerCmd(task.container()).exec())
                .getState()
                .getPidLong();
    }

    private <T> T ask(Function<DockerClient, T> question) {
        return asked(() -> engine.ask(question));
    }

    private static <T> T asked(Callable<T> question) {
        try {
            return question.call();
        } catch (RuntimeException refused) {
            throw refused;
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private JsonNode posted(String path, JsonNode spec) {
        Engine.Answer answer = asked(() -> engine.exchange(path, spec.toString().getBytes(StandardCharsets.UTF_8)));
        assertThat(answer.status()).as(answer.text()).isLessThan(300);
        return asked(() -> JSON.readTree(answer.text()));
    }

    @Override
    public void close() {
        for (String id : made) {
            try {
                ask(client -> client.removeServiceCmd(id).exec());
            } catch (NotFoundException gone) {
                // as it should be
            }
        }
        engine.close();
    }
}
