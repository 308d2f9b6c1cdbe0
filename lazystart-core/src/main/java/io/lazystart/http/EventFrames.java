// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.watch.WatcherSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes a service's events as server-sent events. */
final class EventFrames {
    /** How long a client waits before it opens the stream anew. */
    private static final String RETRY = "retry: 1000\n";

    private final ErrorDetails details;

    EventFrames(ErrorDetails details) {
        this.details = details;
    }

    /**
     * Writes an event.
     *
     * @param event what happened
     * @param id where a client that reconnects wants to go on
     * @param now for the elapsed and usual time, which events do not carry
     */
    byte[] event(WakeEvent event, EventId id, WatcherSnapshot now) {
        Json data = data(event.type(), event.service(), event.message(), event.timestamp(), event.reason(), now)
                .field("snapshot", event.snapshot());
        if (event.detail() != null) {
            data.field("dependency", event.detail());
        }
        return frame(event.snapshot() ? RETRY : "", id.toString(), event.type().name(), data.toString());
    }

    /** Writes the state as it is, for a client that asks once. */
    byte[] state(WatcherSnapshot now) {
        Reason reason = now.status() == Status.ERROR ? now.reason() : null;
        String message = reason == null ? "" : reason.message();
        WakeEvent.Type type = type(now.status());
        String data = data(type, now.service(), message, now.since(), reason, now)
                .field("snapshot", true)
                .toString();
        return frame("", new EventId(now.epoch(), 0).toString(), type.name(), data);
    }

    static byte[] comment(String text) {
        return (": " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private Json data(
            WakeEvent.Type type,
            String service,
            String message,
            Instant timestamp,
            @Nullable Reason reason,
            WatcherSnapshot now) {
        Told told = reason == null ? null : Told.of(reason, details);
        Json json = new Json()
                .field("type", type.name())
                .field("service", service)
                .field("message", told == null || details != ErrorDetails.NONE ? message : told.message())
                .field("timestamp", timestamp.toString())
                .field("elapsedMs", millis(now.elapsed()))
                .field("estimateMs", millis(now.estimate()));
        if (told != null) {
            json.field("reason", told.addTo(new Json().field("message", told.message())));
            json.field("retryAfterMs", millis(now.retryAfter()));
        }
        return json;
    }

    /** The JSON has no line ends in it, so one data line is enough, and nothing can end the frame early. */
    private static byte[] frame(String head, String id, String event, String data) {
        return (head + "id: " + id + "\nevent: " + event + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private static WakeEvent.Type type(Status status) {
        return switch (status) {
            case NAPPING -> WakeEvent.Type.NAPPING;
            case STARTING -> WakeEvent.Type.STARTING;
            case READY -> WakeEvent.Type.READY;
            case STOPPING -> WakeEvent.Type.STOPPING;
            case ERROR -> WakeEvent.Type.ERROR;
        };
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }
}
