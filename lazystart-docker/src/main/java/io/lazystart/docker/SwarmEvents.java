// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.lazystart.provider.UnitListener;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Takes the engine's events as hints on where to look: managers tell when a service is changed but not what becomes of its
 * tasks, and an engine tells of the containers of its own tasks before the managers know.
 */
final class SwarmEvents implements EngineEvents {
    private static final String OF_TASK = "com.docker.swarm.service.name";

    private final UnitListener listener;
    private final Consumer<String> hints;

    /**
     * Makes what turns events into hints.
     *
     * @param hints takes names of services
     */
    SwarmEvents(UnitListener listener, Consumer<String> hints) {
        this.listener = listener;
        this.hints = hints;
    }

    @Override
    public Map<String, List<String>> filters() {
        return Map.of(
                "type",
                List.of("service", "container"),
                "event",
                List.of("create", "update", "remove", "start", "die"));
    }

    @Override
    public UnitListener listener() {
        return listener;
    }

    /** After a gap every service is read again anyway. */
    @Override
    public void opened() {}

    @Override
    public void heard(JsonNode event) {
        JsonNode attributes = event.path("Actor").path("Attributes");
        if (event.path("Type").asText().equals("service")) {
            hint(attributes.path("name").asText());
        } else {
            hint(attributes.path(OF_TASK).asText());
        }
    }

    private void hint(String name) {
        if (!name.isEmpty()) {
            hints.accept(name);
        }
    }
}
