// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import io.lazystart.provider.ProviderException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a swarm. docker-java has classes for it, but they know only a part of a service's specification, and an
 * update has to give back the whole.
 */
final class SwarmApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final int NOT_FOUND = 404;

    /** States of a container that has nothing running; one that was created only may be about to run. */
    private static final Set<String> ENDED = Set.of("exited", "dead");

    private final Engine engine;

    SwarmApi(Engine engine) {
        this.engine = engine;
    }

    Engine engine() {
        return engine;
    }

    /** Gives the service of a name, or null if there is none: a manager takes ids and their beginnings too. */
    @Nullable
    SwarmService service(String name) throws InterruptedException {
        try {
            SwarmService found = new SwarmService(get("/services/" + encoded(name)));
            return found.name().equals(name) ? found : null;
        } catch (DockerException refusal) {
            if (refusal.getHttpStatus() == NOT_FOUND) {
                return null;
            }
            throw refusal;
        }
    }

    /** Gives all tasks of services, also those that have ended and are not forgotten yet. */
    List<SwarmTask> tasks(Collection<String> services) throws InterruptedException {
        List<SwarmTask> tasks = new ArrayList<>();
        get("/tasks?filters=" + filters(Map.of("service", services))).forEach(task -> tasks.add(new SwarmTask(task)));
        return tasks;
    }

    /** Tells of the containers that this engine has for a service's tasks whether they run. */
    Map<String, Boolean> containers(String service) throws InterruptedException {
        String label = "com.docker.swarm.service.id=" + service;
        Map<String, Boolean> running = new HashMap<>();
        get("/containers/json?all=1&filters=" + filters(Map.of("label", List.of(label))))
                .forEach(container -> running.put(
                        container.path("Id").asText(),
                        !ENDED.contains(container.path("State").asText())));
        return running;
    }

    /**
     * Gives a service another specification.
     *
     * @return false if it is not the same service any more that was read: it has to be read again
     */
    boolean update(SwarmService read, JsonNode spec) throws InterruptedException {
        String path = "/services/" + encoded(read.id()) + "/update?version=" + read.version();
        Engine.Answer answer = engine.exchange(path, spec.toString().getBytes(StandardCharsets.UTF_8));
        if (answer.text().contains("update out of sequence")) {
            return false;
        }
        check(answer);
        return true;
    }

    /** Gives what a task wrote last; nothing where that is not kept, or cannot be had in time. */
    List<String> output(SwarmTask task) throws InterruptedException {
        return LastLines.of(engine, "/tasks/" + encoded(task.id()), "", task.hasTerminal());
    }

    /** Whether a container of this engine was ended for lack of memory; false for one that it does not have. */
    boolean ranOutOfMemory(String container) throws InterruptedException {
        try {
            return get("/containers/" + encoded(container) + "/json")
                    .path("State")
                    .path("OOMKilled")
                    .asBoolean();
        } catch (DockerException elsewhere) {
            return false;
        }
    }

    /** The swarm's name for the engine that is asked. */
    String ownNode() throws InterruptedException {
        return get("/info").path("Swarm").path("NodeID").asText();
    }

    /** Where another node is, or an empty text if nobody says. */
    String nodeAddress(String node) throws InterruptedException {
        return get("/nodes/" + encoded(node)).path("Status").path("Addr").asText();
    }

    private JsonNode get(String path) throws InterruptedException {
        Engine.Answer answer = engine.exchange(path, null);
        check(answer);
        return parsed(answer.text());
    }

    private JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException garbled) {
            throw new ProviderException(
                    engine.address() + ": not understood: " + garbled.getOriginalMessage(), null, garbled);
        }
    }

    private static void check(Engine.Answer answer) {
        if (answer.status() < OK || answer.status() >= REDIRECT) {
            throw new DockerException(answer.text(), answer.status());
        }
    }

    private static String filters(Map<String, ? extends Collection<String>> filters) {
        try {
            return encoded(JSON.writeValueAsString(filters));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
