// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a unit, told by the provider's event stream.
 *
 * @param unit canonical id of the unit
 * @param kind what happened
 * @param run id of the run it happened to; null where it is unknown, then the unit's status is read before anything is
 *     decided
 * @param exit how the run ended, for {@link Kind#ENDED} where it is known; null otherwise
 */
public record UnitEvent(
        String unit,
        Kind kind,
        @Nullable String run,
        @Nullable Exit exit) {

    /** What can happen to a unit. */
    public enum Kind {
        /** The unit began to run. */
        STARTED,
        /** The unit's run is over. */
        ENDED,
        /** Something else about the unit changed (paused, unpaused, created anew, well or unwell); it is asked what. */
        CHANGED
    }

    /**
     * Checks the components.
     *
     * @param unit the component
     * @param kind the component
     * @param run the component
     * @param exit the component
     */
    public UnitEvent {
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(kind, "kind");
    }
}
