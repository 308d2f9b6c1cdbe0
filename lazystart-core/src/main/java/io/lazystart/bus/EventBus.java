// SPDX-License-Identifier: Apache-2.0
package io.lazystart.bus;

import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import io.lazystart.failure.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The events of one service. Publishing and subscribing are serialized by the watcher's action queue; delivery has a
 * queue per subscriber, so that a slow or throwing listener harms itself only.
 */
public final class EventBus {
    private static final int MAX_HISTORY = 64;

    private final String service;

    /** Replaced with {@code this} held, read anywhere: few services have any, and a list of its own for each takes room. */
    private volatile List<Subscriber> subscribers = List.of();

    /** When the bus was made, and why the service naps. */
    private final Instant begun;

    private final Cause asleep;

    /** Events of the current epoch, oldest first. Touched by the watcher's action queue only, one thread at a time. */
    private List<WakeEvent> history = List.of();

    /** The last event that told a status; null until the first. As {@link #history}. */
    private @Nullable WakeEvent current;

    /** Number of the last event. As {@link #history}. */
    private long sequence;

    /**
     * Creates a bus for a service that naps.
     *
     * @param service name of the service
     * @param now wall clock time
     * @param cause why it naps
     */
    public EventBus(String service, Instant now, Cause cause) {
        this.service = service;
        this.begun = now;
        this.asleep = cause;
    }

    /**
     * Sends an event to all subscribers. From the watcher's action queue only.
     *
     * @param type what happened
     * @param epoch the epoch it belongs to
     * @param now wall clock time
     * @param cause who or what led to it
     * @param message one sentence
     * @param reason the failure, for ERROR
     * @param detail name of a dependency, or null
     * @return the event as sent
     */
    public WakeEvent publish(
            WakeEvent.Type type,
            long epoch,
            Instant now,
            Cause cause,
            String message,
            @Nullable Reason reason,
            @Nullable String detail) {
        WakeEvent event = new WakeEvent(type, service, epoch, ++sequence, now, cause, message, reason, detail, false);
        List<WakeEvent> kept = new ArrayList<>(history.size() + 1);
        if (!history.isEmpty() && history.get(0).epoch() == epoch) {
            kept.addAll(history.size() < MAX_HISTORY ? history : history.subList(1, MAX_HISTORY));
        }
        kept.add(event);
        history = kept;
        if (tellsStatus(type)) {
            current = event;
        }
        for (Subscriber subscriber : subscribers) {
            subscriber.offer(event);
        }
        return event;
    }

    private static boolean tellsStatus(WakeEvent.Type type) {
        return switch (type) {
            case STARTING, READY, ERROR, STOPPING, NAPPING -> true;
            case WAKING_DEPENDENCY, DEPENDENCY_READY, UNIT_STARTED, WAITING_READY -> false;
        };
    }

    /**
     * Makes a subscription that hears nothing until it is {@link #join joined}.
     *
     * @param listener hears the events
     * @param executor runs it
     * @return the subscription
     */
    public Subscriber subscriber(WakeListener listener, Executor executor) {
        return new Subscriber(listener, executor, this::leave);
    }

    /**
     * Lets a subscriber hear a snapshot, the history of the current epoch, and what comes. From the watcher's action
     * queue only.
     *
     * @param subscriber made by {@link #subscriber}
     */
    public void join(Subscriber subscriber) {
        WakeEvent last = current == null
                ? new WakeEvent(WakeEvent.Type.NAPPING, service, 0, 0, begun, asleep, "asleep", null, null, false)
                : current;
        subscriber.offer(new WakeEvent(
                last.type(),
                service,
                last.epoch(),
                sequence,
                last.timestamp(),
                last.cause(),
                last.message(),
                last.reason(),
                last.detail(),
                true));
        for (WakeEvent event : history) {
            subscriber.offer(event);
        }
        if (!subscriber.isClosed()) {
            add(subscriber);
        }
        if (subscriber.isClosed()) {
            leave(subscriber); // closed by a rival between the look and the add
        }
    }

    private synchronized void add(Subscriber subscriber) {
        List<Subscriber> more = new ArrayList<>(subscribers);
        more.add(subscriber);
        subscribers = List.copyOf(more);
    }

    private synchronized void leave(Subscriber subscriber) {
        List<Subscriber> fewer = new ArrayList<>(subscribers);
        fewer.remove(subscriber);
        subscribers = List.copyOf(fewer);
    }
}
