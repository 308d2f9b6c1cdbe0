// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

/**
 * The verb that holds the slot.
 *
 * @param id number of the call, unique within the watcher
 * @param kind what it does to the unit
 * @param epoch the epoch it was issued in
 * @param interrupted whether its deadline, a person or the closing host has interrupted it
 */
public record Verb(long id, Kind kind, long epoch, boolean interrupted) {

    /** What is done to a unit. */
    public enum Kind {
        /** Start it. */
        START,
        /** Let it go on after a pause. */
        UNPAUSE,
        /** Ask it to end. */
        STOP,
        /** Freeze it. */
        PAUSE,
        /** End it by force. */
        KILL;

        /**
         * Tells which way the verb goes.
         *
         * @return true for start and unpause
         */
        public boolean wakes() {
            return this == START || this == UNPAUSE;
        }
    }

    Verb interrupt() {
        return new Verb(id, kind, epoch, true);
    }
}
