// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Counts what has happened in simulated worlds. Confined to the thread of a world until it is added to another. */
final class Coverage {

    /** What is to happen often. */
    enum Event {
        VERB_SLOW,
        VERB_FAILED,
        VERB_FAILED_DONE,
        VERB_HUNG,
        VERB_DEAF,
        VERB_LATE_EFFECT,
        VERB_ABANDONED,
        READ_SLOW,
        READ_FAILED,
        READ_HUNG,
        READ_OLD,
        PROBE_SLOW,
        PROBE_FAILED,
        PROBE_HUNG,
        VETO_SLOW,
        VETO_THROWS,
        VETO_HUNG,
        VETO_LATE,
        VETO_BUSY,
        SAID_BUSY,
        ADDRESS_LATE,
        ADDRESS_REFUSED,
        EVENT_LATE,
        EVENT_LOST,
        EVENT_REPEATED,
        EVENT_REORDERED,
        EVENT_LIE,
        CRASHED,
        ENDED_WELL,
        STARTED_OUTSIDE,
        STOPPED_OUTSIDE,
        PAUSED_OUTSIDE,
        SICKENED,
        AILED,
        WELL_AGAIN,
        UNHEALTHY_UNUSED,
        UNHEALTHY_RELEASED,
        UNHEALTHY_CUT,
        CIRCUIT_OPENED,
        CIRCUIT_CLOSED,
        SHARED_WAKE,
        SHARED_READY,
        SHARED_GIVEN_UP,
        SHARED_LEFT_RUNNING,
        SUSPENDED,
        TIMERS_LATE,
        CALLER_LEFT,
        CALLER_EXPIRED,
        CALLER_SERVED,
        CALLER_REFUSED,
        LEASE_LOST,
        RESTART_QUEUED,
        RESTART_DROPPED,
        RELEASE_CROSSES_STOP,
        STOP_ESCALATED,
        ADOPTED,
        RETUNED,
        REPLACED,
        REMOVED,
        REMOVED_IN_USE,
        REFUSED_AS_REMOVED,
        CLOSED_IN_CHAOS
    }

    private final Map<Event, Long> events = new EnumMap<>(Event.class);
    private final Map<Class<?>, Map<Status, Long>> signals = new HashMap<>();
    private long steps;

    void count(Event event) {
        events.merge(event, 1L, Long::sum);
    }

    /** A signal met the machine in a status. */
    void signal(Status status, Class<?> signal) {
        signals.computeIfAbsent(signal, none -> new EnumMap<>(Status.class)).merge(status, 1L, Long::sum);
    }

    void steps(long more) {
        steps += more;
    }

    long steps() {
        return steps;
    }

    long of(Event event) {
        return events.getOrDefault(event, 0L);
    }

    long of(Status status, Class<?> signal) {
        return signals.getOrDefault(signal, Map.of()).getOrDefault(status, 0L);
    }

    synchronized void add(Coverage other) {
        other.events.forEach((event, n) -> events.merge(event, n, Long::sum));
        other.signals.forEach((signal, counts) ->
                counts.forEach((status, n) -> signals.computeIfAbsent(signal, none -> new EnumMap<>(Status.class))
                        .merge(status, n, Long::sum)));
        steps += other.steps;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("steps " + steps + "\n");
        for (Event event : Event.values()) {
            text.append(event).append(' ').append(of(event)).append('\n');
        }
        signals.keySet().stream()
                .sorted(Comparator.comparing(Class::getSimpleName))
                .forEach(signal -> {
                    text.append(signal.getSimpleName());
                    for (Status status : Status.values()) {
                        text.append(' ').append(status).append(' ').append(of(status, signal));
                    }
                    text.append('\n');
                });
        return text.toString();
    }
}
