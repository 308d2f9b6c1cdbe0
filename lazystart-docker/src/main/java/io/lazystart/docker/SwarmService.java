// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A service as the managers of the swarm know it. Its specification is kept as it came and goes back the same but for what is
 * to change: whatever got lost on the way would be a change too, and would replace the tasks.
 */
final class SwarmService {
    /** How many copies ran when it was put to sleep, which the next host must know as well. */
    static final String REPLICAS = "lazystart.replicas";

    private final JsonNode told;

    SwarmService(JsonNode told) {
        this.told = told;
    }

    String name() {
        return spec().path("Name").asText();
    }

    String id() {
        return told.path("ID").asText();
    }

    /** Of its record; an update names the one that it knows. */
    long version() {
        return told.path("Version").path("Index").asLong();
    }

    boolean isReplicated() {
        return spec().path("Mode").path("Replicated").isObject();
    }

    /** Such as {@code Global}. */
    String mode() {
        return spec().path("Mode").fieldNames().hasNext()
                ? spec().path("Mode").fieldNames().next()
                : "unknown";
    }

    /** How many copies are wanted. One that says nothing has one. */
    int replicas() {
        return isReplicated()
                ? spec().path("Mode").path("Replicated").path("Replicas").asInt(1)
                : 0;
    }

    /** How many ran when it was last put to sleep, or null if nobody has noted it. */
    @Nullable
    Integer lastReplicas() {
        String label = spec().path("Labels").path(REPLICAS).asText();
        return label.matches("[1-9][0-9]{0,5}") ? Integer.valueOf(label) : null;
    }

    /** What it publishes. */
    JsonNode ports() {
        return told.path("Endpoint").path("Ports");
    }

    /** The specification with another count; one that is taken down to nothing notes what it had. */
    JsonNode scaled(int replicas) {
        ObjectNode spec = spec().deepCopy();
        if (replicas == 0 && replicas() > 0) {
            spec.withObjectProperty("Labels").put(REPLICAS, String.valueOf(replicas()));
        }
        spec.withObjectProperty("Mode").withObjectProperty("Replicated").put("Replicas", replicas);
        return spec;
    }

    /** The specification by which the managers make new tasks, also where they have given up. */
    JsonNode forced() {
        ObjectNode spec = spec().deepCopy();
        ObjectNode template = spec.withObjectProperty("TaskTemplate");
        template.put("ForceUpdate", template.path("ForceUpdate").asLong() + 1);
        return spec;
    }

    private JsonNode spec() {
        return told.path("Spec");
    }
}
