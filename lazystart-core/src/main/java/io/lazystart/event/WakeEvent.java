// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

import io.lazystart.failure.Reason;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step in the life of a service, as every listener hears it.
 *
 * @param type what happened
 * @param service name of the service
 * @param epoch which start, stop or adoption of the service it belongs to; rises
 * @param sequence number of the event within the service, from 1, without gaps as sent; a snapshot event repeats the
 *     number of the last event sent
 * @param timestamp wall clock time at which it was decided
 * @param cause who or what led to it
 * @param message one sentence for a person
 * @param reason the failure, for {@link Type#ERROR}; null otherwise
 * @param detail name of the dependency, for {@link Type#WAKING_DEPENDENCY} and {@link Type#DEPENDENCY_READY}; null
 *     otherwise
 * @param snapshot true for the first event of a subscription, which tells the status as it is and not a change
 */
public record WakeEvent(
        Type type,
        String service,
        long epoch,
        long sequence,
        Instant timestamp,
        Cause cause,
        String message,
        @Nullable Reason reason,
        @Nullable String detail,
        boolean snapshot) {

    /** What an event tells. */
    public enum Type {
        /** A wake attempt or an adoption began, or a ready unit was found unhealthy and callers wait. */
        STARTING,
        /** A dependency is being woken. */
        WAKING_DEPENDENCY,
        /** A dependency is held, and has come as far as its condition asks. */
        DEPENDENCY_READY,
        /** The provider says that the unit runs. */
        UNIT_STARTED,
        /** The unit runs and is probed. */
        WAITING_READY,
        /** The service serves. */
        READY,
        /** The start, the run or the stop failed. */
        ERROR,
        /** The unit is being put to sleep. */
        STOPPING,
        /** The unit is asleep. */
        NAPPING
    }

    /**
     * Checks the components.
     *
     * @param type the component
     * @param service the component
     * @param epoch the component
     * @param sequence the component
     * @param timestamp the component
     * @param cause the component
     * @param message the component
     * @param reason the component
     * @param detail the component
     * @param snapshot the component
     */
    public WakeEvent {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(message, "message");
    }
}
