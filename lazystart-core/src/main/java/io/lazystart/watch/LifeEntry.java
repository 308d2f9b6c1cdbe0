// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

import io.lazystart.event.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One wake, sleep or death of a service, once it is over.
 *
 * @param kind what happened; not null
 * @param epoch which start, stop or adoption of the service it was; rises
 * @param at wall clock time at which it began; not null
 * @param took how long it took, on the monotonic clock; zero for what was only noticed when it was over
 * @param cause who or what asked for it: of many callers the first; not null
 * @param outcome how it ended; not null
 * @param endedBy what failed it or cut it short; null where it was done
 */
public record LifeEntry(
        Kind kind,
        long epoch,
        Instant at,
        Duration took,
        Cause cause,
        Outcome outcome,
        @Nullable Cause endedBy) {

    /** What can happen to a service. */
    public enum Kind {
        /** It was woken, or a unit that runs already was taken in: then the cause is {@link Cause.Kind#OUTSIDE}. */
        WAKE,
        /** It was put to sleep, or was found asleep: then the cause is {@link Cause.Kind#OUTSIDE}. */
        SLEEP,
        /** It was ready and died; always {@link Outcome#FAILED}. */
        DEATH
    }

    /** How it ended. */
    public enum Outcome {
        /** The service is ready, or asleep. */
        DONE,
        /** It could not be done, and the service is in error. */
        FAILED,
        /** Something else was wanted before it was done. */
        CUT_SHORT
    }

    /**
     * Checks the components.
     *
     * @param kind the component
     * @param epoch the component
     * @param at the component
     * @param took the component
     * @param cause the component
     * @param outcome the component
     * @param endedBy the component
     */
    public LifeEntry {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(outcome, "outcome");
        if ((endedBy == null) != (outcome == Outcome.DONE)) {
            throw new IllegalArgumentException("endedBy: " + endedBy + " (expected: null if and only if DONE)");
        }
    }
}
