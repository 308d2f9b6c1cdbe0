// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitListener;
import io.lazystart.provider.UnitStatus.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the core what the engine's events mean for its units. An event names a container, but not the run that it is
 * about, so that the container is looked at before its start or end is told. Confined to the thread of the event stream.
 */
final class ContainerEvents implements EngineEvents {
    /** What is asked for. A {@code kill} is a signal that was sent, of which the container may think what it likes. */
    private static final List<String> ACTIONS =
            List.of("start", "die", "pause", "unpause", "create", "destroy", "rename", "health_status");

    /** After these there may be other containers. */
    private static final Set<String> OF_OTHERS = Set.of("create", "destroy", "rename");

    private static final Logger LOG = LoggerFactory.getLogger(ContainerEvents.class);

    private final Map<String, Container> served;
    private final CallLimit limit;
    private final UnitListener listener;

    /** Told that there may be other containers, or other names of them. */
    private final Runnable onOthers;

    /** The run of each container that was told last, by its whole id. */
    private final Map<String, String> runs = new HashMap<>();

    ContainerEvents(Map<String, Container> served, CallLimit limit, UnitListener listener, Runnable onOthers) {
        this.served = served;
        this.limit = limit;
        this.listener = listener;
        this.onOthers = onOthers;
    }

    @Override
    public Map<String, List<String>> filters() {
        return Map.of("type", List.of("container"), "event", ACTIONS);
    }

    @Override
    public UnitListener listener() {
        return listener;
    }

    @Override
    public void opened() {
        onOthers.run();
    }

    @Override
    public void heard(JsonNode event) {
        String action = event.path("Action").asText();
        if (OF_OTHERS.contains(action)) {
            onOthers.run();
        }
        String id = event.path("Actor").path("ID").asText();
        JsonNode attributes = event.path("Actor").path("Attributes");
        for (String unit : units(id, attributes)) {
            Container container = served.get(unit);
            if (container != null) {
                tell(unit, container, id, action, attributes);
            }
        }
        if (action.equals("destroy")) {
            runs.remove(id);
        }
    }

    /** A container is meant by its name and by its id; one that is renamed, by its old name too. */
    private static Set<String> units(String id, JsonNode attributes) {
        return Stream.of(
                        Inspection.shortId(id),
                        bare(attributes.path("name").asText()),
                        bare(attributes.path("oldName").asText()))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static String bare(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    private void tell(String unit, Container container, String id, String action, JsonNode attributes) {
        UnitEvent event = switch (action) {
            case "start" -> started(unit, container, id);
            case "die" -> ended(unit, container, id, attributes);
            default -> vague(unit);
        };
        // Whoever means another's container is not told that it runs, but may look whether that is so still.
        listener.onEvent(container.isOfAnother(id) ? vague(unit) : event);
    }

    private static UnitEvent vague(String unit) {
        return new UnitEvent(unit, Kind.CHANGED, null, null);
    }

    private UnitEvent started(String unit, Container container, String id) {
        Inspection seen = seen(container, id);
        if (seen != null) {
            container.seenStarted(seen);
        }
        String run = seen == null || seen.state() == State.STOPPED ? null : seen.run();
        if (run == null) {
            runs.remove(id);
        } else {
            runs.put(id, run);
        }
        return new UnitEvent(unit, Kind.STARTED, run, null);
    }

    private UnitEvent ended(String unit, Container container, String id, JsonNode attributes) {
        String told = runs.get(id);
        Inspection seen = seen(container, id);
        if (seen != null && seen.state() == State.STOPPED) {
            return new UnitEvent(unit, Kind.ENDED, seen.run(), exit(container, seen));
        }
        if (seen != null && Objects.equals(told, seen.run())) {
            // It runs already anew, and that was told first.
            return vague(unit);
        }
        Exit exit = new Exit(attributes.path("exitCode").asInt(0), false, List.of());
        return new UnitEvent(unit, Kind.ENDED, told, exit);
    }

    private @Nullable Inspection seen(Container container, String id) {
        return limited(() -> container.look(id));
    }

    private @Nullable Exit exit(Container container, Inspection seen) {
        return limited(() -> container.exit(seen));
    }

    /** What cannot be found out in time leaves the event vague, and the core reads for itself. */
    private <T> @Nullable T limited(CallLimit.Question<T> question) {
        try {
            return limit.within(question);
        } catch (RuntimeException | InterruptedException vague) {
            LOG.debug("event: {}", vague.toString());
            return null;
        }
    }
}
