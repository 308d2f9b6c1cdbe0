// SPDX-License-Identifier: Apache-2.0
package io.lazystart.failure;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a caller was not served or a service is in error: one value for the exception, the event, the page and the JSON.
 *
 * @param kind what sort of failure it is; not null
 * @param message one sentence for a person: service, phase, elapsed of limit, last thing observed; not null
 * @param exitCode exit code of the unit, or null where it is unknown or nothing has exited
 * @param output last lines the unit wrote, oldest first; empty where none are known; shown only if the service's
 *     {@code error-details} is {@code output}
 */
public record Reason(Kind kind, String message, @Nullable Integer exitCode, List<String> output) {

    /** Sorts of failure. */
    public enum Kind {
        /** The provider could not start the unit. */
        START_FAILED,
        /** The unit ended while it was starting. */
        EXITED,
        /** The unit ran but was not ready by the wake deadline. */
        NOT_READY,
        /** The wake deadline passed before the unit was started. */
        START_TIMED_OUT,
        /** The unit died while it was ready. */
        DIED,
        /** The unit ran but was found unhealthy again and again while it was ready. */
        UNHEALTHY,
        /** The unit could not be put to sleep. */
        STOP_FAILED,
        /** The caller's own deadline passed; the wake goes on. */
        WAIT_EXPIRED,
        /** The waiting room is full. */
        WAITING_ROOM_FULL,
        /** A person pinned the service asleep. */
        PINNED,
        /** A person put the service to sleep while the caller waited. */
        PUT_TO_SLEEP,
        /** The unit was put to sleep because the configuration of the service has changed. */
        REPLACED,
        /** The host is closing. */
        CLOSING,
        /** The service was removed from the configuration. */
        REMOVED
    }

    /**
     * Checks the components and copies the output.
     *
     * @param kind the component
     * @param message the component
     * @param exitCode the component
     * @param output the component
     */
    public Reason {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
        output = List.copyOf(output);
    }

    /**
     * Creates a reason without exit code or output.
     *
     * @param kind what sort of failure it is; not null
     * @param message one sentence for a person; not null
     * @return the reason
     */
    public static Reason of(Kind kind, String message) {
        return new Reason(kind, message, null, List.of());
    }
}
