// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One try to run one copy of a service, as the managers of the swarm know it. */
final class SwarmTask {
    /** States that a task does not leave again, but by being forgotten. */
    private static final Set<String> OVER = Set.of("complete", "shutdown", "failed", "rejected", "remove", "orphaned");

    /** Those of them in which it has ended by itself, well or not. */
    private static final Set<String> ENDED_BY_ITSELF = Set.of("complete", "failed", "rejected", "orphaned");

    /** No node has been told of a task in one of these. */
    private static final Set<String> ON_NO_NODE = Set.of("new", "allocated", "pending");

    private final JsonNode told;

    SwarmTask(JsonNode told) {
        this.told = told;
    }

    String id() {
        return told.path("ID").asText();
    }

    String service() {
        return told.path("ServiceID").asText();
    }

    /** Orders the tasks by their age; the stamps are of one form. */
    String createdAt() {
        return told.path("CreatedAt").asText();
    }

    String node() {
        return told.path("NodeID").asText();
    }

    /** Whether the node where it is says that it runs; the managers may want it to end. */
    boolean isRunning() {
        return state().equals("running");
    }

    /** Whether the managers want it to run, now or after the pause between two tries. */
    boolean isWanted() {
        String desired = told.path("DesiredState").asText();
        return desired.equals("running") || desired.equals("ready") || desired.equals("accepted");
    }

    boolean isOver() {
        return OVER.contains(state());
    }

    /** Whether it has ended, and nobody asked it to. */
    boolean hasEndedByItself() {
        return ENDED_BY_ITSELF.contains(state());
    }

    boolean hasEndedWell() {
        return state().equals("complete");
    }

    /** Whether something of it may run, or begin to, though nobody wants it to. */
    boolean isBeingEnded() {
        return !isWanted() && !isOver() && !ON_NO_NODE.contains(state());
    }

    /** The container that it has had since it was about to run, or null. */
    @Nullable
    String container() {
        String id = status().path("ContainerStatus").path("ContainerID").asText();
        return id.isEmpty() ? null : id;
    }

    /** What its container ended with; null if it has not had one. */
    @Nullable
    Integer exitCode() {
        return container() == null
                ? null
                : status().path("ContainerStatus").path("ExitCode").asInt();
    }

    /** What went wrong, in the node's own words; empty if nothing did. */
    String error() {
        return status().path("Err").asText();
    }

    boolean hasTerminal() {
        return told.path("Spec").path("ContainerSpec").path("TTY").asBoolean();
    }

    /** What is published on the node itself, where the node chose the ports. */
    JsonNode hostPorts() {
        return status().path("PortStatus").path("Ports");
    }

    private JsonNode status() {
        return told.path("Status");
    }

    private String state() {
        return status().path("State").asText();
    }
}
