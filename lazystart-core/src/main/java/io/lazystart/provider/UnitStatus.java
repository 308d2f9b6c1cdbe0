// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * State of a unit as read from its provider.
 *
 * @param state what the unit does
 * @param run id of the current run as {@link Unit#start()} gives it; null where there is none, as for a stopped unit
 * @param exit how the last run ended, where it is over and that is known; null otherwise, as for a unit that runs
 */
public record UnitStatus(
        State state, @Nullable String run, @Nullable Exit exit) {

    /** What a unit can do. */
    public enum State {
        /** It runs. */
        RUNNING,
        /** It is frozen and can be unpaused. */
        PAUSED,
        /** It is not running, or does not exist. */
        STOPPED
    }

    /**
     * Checks the components.
     *
     * @param state the component
     * @param run the component
     * @param exit the component
     */
    public UnitStatus {
        Objects.requireNonNull(state, "state");
    }
}
