// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be started and stopped. Every method is plain and blocking, runs on a worker thread of the core
 * under a deadline, is interrupted when that has passed, and throws when it fails: any exception will do, its message
 * is what the caller reads. At most one verb (start, stop, pause, unpause, kill) runs at a time; status and address may
 * be asked meanwhile.
 */
public interface Unit {

    /**
     * Names the unit, the same for every service that means the same unit.
     *
     * @return the canonical id
     */
    String id();

    /**
     * Reads the unit's state.
     *
     * @return the state as it is now; not null
     * @throws Exception if it cannot be read
     */
    UnitStatus status() throws Exception;

    /**
     * Starts the unit and returns once it runs; it need not be ready. A unit that runs already is left alone.
     *
     * @return an id of this run that differs from every other run's (pid and start time, container id and start
     *     stamp), or null where the unit has none, or none yet
     * @throws Exception if the unit could not be started
     */
    @Nullable
    String start() throws Exception;

    /**
     * Stops the unit and returns once it is stopped. A unit that is stopped already is left alone.
     *
     * @param signal what to send first, such as {@code SIGTERM}, or null for the provider's own way
     * @param timeout how long the unit may take before it is killed
     * @throws Exception if it could not be stopped, or that is not known
     */
    void stop(@Nullable String signal, Duration timeout) throws Exception;

    /**
     * Ends the unit by force and returns once it has ended. A unit that is stopped already is left alone.
     *
     * @throws Exception if it still runs, or that is not known
     */
    void kill() throws Exception;

    /**
     * Freezes the unit. Called only if {@link Capability#PAUSE} is stated.
     *
     * @throws Exception if it could not be paused
     */
    default void pause() throws Exception {
        throw new UnsupportedOperationException("pause: this provider does not state the capability PAUSE");
    }

    /**
     * Lets a paused unit go on. Called only if {@link Capability#PAUSE} is stated.
     *
     * @throws Exception if it could not be unpaused
     */
    default void unpause() throws Exception {
        throw new UnsupportedOperationException("unpause: this provider does not state the capability PAUSE");
    }

    /**
     * Tells whether {@link #address()} gives an address once the unit runs. Where it does, a unit that has none yet is not
     * ready; where it does not, and the service names no upstream, a unit that runs is ready.
     *
     * @return false unless overridden; does not change
     */
    default boolean listens() {
        return false;
    }

    /**
     * Tells where the running unit can be reached. Asked after every start, never remembered from an earlier run.
     *
     * @return the address, or null where the unit has none, or none yet
     * @throws Exception if it cannot be found out
     */
    default @Nullable UnitAddress address() throws Exception {
        return null;
    }
}
