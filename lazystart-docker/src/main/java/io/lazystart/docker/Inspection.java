// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import io.lazystart.provider.Health;
import io.lazystart.provider.UnitStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the engine knows of a container, as answers to what is asked here. */
final class Inspection {
    private static final int SHORT_ID = 12;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{12}|[0-9a-f]{64}");
    private static final String NEVER = "0001-01-01T00:00:00Z";

    /** How much earlier than its stamp a run may have begun, with a lot to spare. */
    private static final Duration EARLY = Duration.ofSeconds(1);

    private final InspectContainerResponse told;
    private final ContainerState state;

    Inspection(InspectContainerResponse told) {
        this.told = told;
        this.state = told.getState();
    }

    /** An id as people see it, for whom the rest is noise. */
    static String shortId(String id) {
        return id.length() > SHORT_ID ? id.substring(0, SHORT_ID) : id;
    }

    /** Whether it is what was asked for: the engine also takes the beginning of any id for a container. */
    boolean isMeantBy(String reference) {
        return name().equals(reference) || (isId(reference) && id().startsWith(reference));
    }

    /** Whether a text can be an id, as a whole or as it is shown. */
    static boolean isId(String reference) {
        return ID.matcher(reference).matches();
    }

    InspectContainerResponse told() {
        return told;
    }

    String id() {
        return told.getId();
    }

    /** Its name without the slash that the engine puts before it. */
    String name() {
        String name = told.getName();
        return name.startsWith("/") ? name.substring(1) : name;
    }

    /**
     * What it does. Between two tries of the engine's restart policy nothing runs, although the engine calls it running: the
     * run has ended, and a start is needed for another one now.
     */
    State state() {
        if (yes(state.getPaused())) {
            return State.PAUSED;
        }
        return yes(state.getRunning()) && !yes(state.getRestarting()) ? State.RUNNING : State.STOPPED;
    }

    /** Whether it has come to rest: it does not run, and the engine is not about to run it again. */
    boolean isOver() {
        return !yes(state.getRunning()) && !yes(state.getPaused()) && !yes(state.getRestarting());
    }

    boolean isRestarting() {
        return yes(state.getRestarting());
    }

    /** Whether the engine starts it when it starts itself, even if somebody has stopped it before. */
    boolean isRestartedAlways() {
        HostConfig host = told.getHostConfig();
        RestartPolicy policy = host == null ? null : host.getRestartPolicy();
        return policy != null && "always".equals(policy.getName());
    }

    /** Id of its current or last run, or null if it has never run. */
    @Nullable
    String run() {
        String startedAt = state.getStartedAt();
        boolean never = startedAt == null || startedAt.isEmpty() || startedAt.equals(NEVER);
        return never ? null : shortId(id()) + "@" + startedAt;
    }

    /** When its last run ended, where that is known. */
    @Nullable
    Instant finishedAt() {
        return instant(state.getFinishedAt());
    }

    /**
     * What keeps the output of earlier runs out of a question for the last run's. The engine's stamps are of no use by
     * themselves: a run may write before its start is stamped, and its last line may be stamped after its end. Half-way
     * between the two runs neither writes.
     */
    String since(@Nullable Instant endBefore) {
        Instant startedAt = instant(state.getStartedAt());
        if (startedAt == null) {
            return "";
        }
        Duration early = EARLY;
        if (endBefore != null && endBefore.isBefore(startedAt)) {
            Duration half = Duration.between(endBefore, startedAt).dividedBy(2);
            early = half.compareTo(EARLY) < 0 ? half : EARLY;
        }
        return "&since=" + stamp(startedAt.minus(early));
    }

    /** A point in time as the engine reads it in a query. */
    static String stamp(Instant time) {
        return String.format(Locale.ROOT, "%d.%09d", time.getEpochSecond(), time.getNano());
    }

    /** What its last run ended with; means something only if {@link #run()} does, and nothing runs. */
    int exitCode() {
        Long code = state.getExitCodeLong();
        return code == null ? 0 : code.intValue();
    }

    boolean outOfMemory() {
        return yes(state.getOOMKilled());
    }

    boolean hasTerminal() {
        return told.getConfig() != null && yes(told.getConfig().getTty());
    }

    /** The signal that its image or its settings ask for. docker-java keeps it only among what it has not understood. */
    String stopSignal() {
        Object signal = told.getRawValues().get("Config") instanceof Map<?, ?> config ? config.get("StopSignal") : null;
        return signal == null || signal.toString().isBlank() ? "SIGTERM" : signal.toString();
    }

    Health health() {
        HealthState health = state.getHealth();
        String status = health == null ? null : health.getStatus();
        return switch (status == null ? "" : status.toLowerCase(Locale.ROOT)) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    @Nullable
    String label(String name) {
        Map<String, String> labels =
                told.getConfig() == null ? null : told.getConfig().getLabels();
        return labels == null ? null : labels.get(name);
    }

    private static @Nullable Instant instant(@Nullable String text) {
        if (text == null || text.isEmpty() || text.equals(NEVER)) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException foreign) {
            return null;
        }
    }

    private static boolean yes(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }
}
