// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be started and stopped. Every method is plain and blocking, runs on a worker thread of the core
 * under a deadline, is interrupted when that has passed, and throws when it fails: any exception will do, its message
 * is what the caller reads. At most one verb (start, stop, pause, unpause, kill) runs at a time; status and address may
 * be asked meanwhile.
 *
 * <p>A call that is interrupted ends within five seconds, well or with any exception. One that does not is given up, and
 * the unit may be killed beside it: whatever verbs meet on a unit, each ends, and the unit can be used afterwards.
 *
 * <p>When a verb has returned, {@link #status()} tells what it did. A verb that cannot be done from the unit's state
 * throws and changes nothing. A unit that does not exist is stopped, and cannot be started.
 *
 * <p>{@code ProviderContractTest} in the test-jar of lazystart-core checks all that is said here and in {@link Provider}.
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
     * Starts the unit and returns once it runs; it need not be ready. A unit that runs already is left alone; one that is
     * paused is left alone, goes on, or is refused. A unit that ends badly at once may fail the start by a {@link
     * ProviderException} that tells how, or be told of as ended after it.
     *
     * @return an id of this run that differs from that of every other run of the unit (pid and start time, container id
     *     and start stamp), or null where the unit has none, or none yet
     * @throws Exception if the unit could not be started
     */
    @Nullable
    String start() throws Exception;

    /**
     * Stops the unit, also a paused one, and returns once it is stopped. A unit that is stopped already is left alone.
     *
     * @param signal what to send first, such as {@code SIGTERM}, or null for the provider's own way; null where {@link
     *     Capability#SIGNAL} is not stated. One that does not exist, or cannot be sent, is refused and nothing is stopped
     * @param timeout how long the unit may take before it is killed; zero kills it at once
     * @throws Exception if it could not be stopped, or that is not known
     */
    void stop(@Nullable String signal, Duration timeout) throws Exception;

    /**
     * Ends the unit by force, also a paused one, and returns once it has ended. A unit that is stopped already is left
     * alone.
     *
     * @throws Exception if it still runs, or that is not known
     */
    void kill() throws Exception;

    /**
     * Freezes the unit and returns once it is frozen. A unit that is not running is refused; one that is paused already may
     * be. Called only if {@link Capability#PAUSE} is stated.
     *
     * @throws Exception if it could not be paused
     */
    default void pause() throws Exception {
        throw new UnsupportedOperationException("pause: this provider does not state the capability PAUSE");
    }

    /**
     * Lets a paused unit go on, in the same run. A unit that is stopped is refused; one that runs may be. Called only if
     * {@link Capability#PAUSE} is stated.
     *
     * @throws Exception if it could not be unpaused
     */
    default void unpause() throws Exception {
        throw new UnsupportedOperationException("unpause: this provider does not state the capability PAUSE");
    }

    /**
     * Lists the processes that the unit consists of now, as this machine numbers them. Called only if {@link
     * Capability#PIDS} is stated.
     *
     * @return process ids; empty where the unit does not run or they are not known; not null
     * @throws Exception if they cannot be found out
     */
    default Set<Long> pids() throws Exception {
        return Set.of();
    }

    /**
     * Tells whether a unit that runs is not ready before {@link #health()} is {@link Health#HEALTHY}, where the service does
     * not say what makes it ready: for units that can run in part. What the service listens at must be reached as well.
     *
     * @return false unless overridden; does not change. True needs {@link Capability#HEALTH}
     */
    default boolean awaitsHealth() {
        return false;
    }

    /**
     * Tells whether the running unit is well, by what looks after it anyway. Asked for services whose readiness or health is
     * the provider's to tell, also by {@link #awaitsHealth()}; a change is told by {@link UnitEvent.Kind#CHANGED} where the
     * provider hears of it, and asked for now and then where not. Called only if {@link Capability#HEALTH} is stated.
     *
     * @return what is known; {@link Health#NONE} where nobody looks after the unit; not null
     * @throws Exception if it cannot be found out
     */
    default Health health() throws Exception {
        throw new UnsupportedOperationException("health: this provider does not state the capability HEALTH");
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
     * @return the address, or null where the unit has none, or none yet, or does not run
     * @throws Exception if it cannot be found out
     */
    default @Nullable UnitAddress address() throws Exception {
        return null;
    }

    /**
     * Tells whether somebody else answers at the unit's own address, where another program may have come first. Asked
     * when a probe of the address has succeeded, before anybody is served; should take well under a millisecond where the
     * answer is null. While it is not, the unit is not ready.
     *
     * @param address what {@link #address()} gave; not null
     * @return who answers, as a text for people; null if it is the unit, or that cannot be told, and unless overridden
     * @throws Exception if something failed; the unit is not ready then, and probed again
     */
    default @Nullable String strangerAt(UnitAddress address) throws Exception {
        return null;
    }
}
