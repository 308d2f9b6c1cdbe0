// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Set;

/**
 * A connection to one kind of unit. One instance serves many units and one event stream. Methods may be called from
 * several threads at once; a call about one unit that hangs holds up no other unit. Threads it makes are daemons named
 * {@code lazystart-…}.
 */
public interface Provider extends AutoCloseable {

    /**
     * Tells what the provider can do beyond start, stop, kill and status. A service that asks for more is refused when
     * its configuration is read.
     *
     * @return the capabilities; does not change
     */
    Set<Capability> capabilities();

    /**
     * Makes a handle for the unit that a service names. Reads no state of the unit, changes nothing and does not block.
     *
     * @param service name of the service
     * @param settings the service's keys below the provider's type; read every key that is known
     * @return the unit; not null
     * @throws io.lazystart.failure.ConfigException if a setting is missing or wrong
     */
    Unit unit(String service, Settings settings);

    /**
     * Opens the event stream for all units of this provider. Called at most once, before any verb, and only if {@link
     * Capability#WATCH} is stated.
     *
     * <p>Every start and end is told, whether by a verb of this provider, by somebody else or by the unit itself; so is every
     * pause and unpause by a verb, and by somebody else where that can be heard of. What a verb has done may be told before
     * or after it returns. When something is told, {@link Unit#status()} tells the same. Of each run the start is told
     * before the end. A unit that ran before the provider was opened is watched from the first time its status is read.
     * After a gap either what happened meanwhile is told, or {@link UnitListener#onResync()}.
     *
     * @param listener hears events on any thread; does not block
     */
    default void watch(UnitListener listener) {
        throw new UnsupportedOperationException("watch: this provider does not state the capability WATCH");
    }

    /**
     * Begins to look for services that nobody has configured, and goes on until it is closed. Called at most once, before any
     * verb, for a connection that is configured by its name, and only if {@link Capability#DISCOVER} is stated. Does not block.
     *
     * @param listener hears what there is, soon, and again whenever that has changed
     */
    default void discover(DiscoveryListener listener) {
        throw new UnsupportedOperationException("discover: this provider does not state the capability DISCOVER");
    }

    /**
     * Tells that the unit of every service has been asked for. What an earlier host has left for a service that is not
     * among them belongs to nobody, and may be ended. Called once, after the last {@link #unit} and {@link #watch}, before
     * any verb; does not block. Does nothing unless overridden.
     */
    default void configured() {}

    /**
     * Tells that no service uses a unit any more, or that one which was asked for is not going to be used. What is kept for it
     * may be given up; the unit itself stays as it is. A later {@link #unit} asks for it again, and finds it as it is then.
     * Called on any thread, never during {@link #unit}, perhaps again for the same unit and after {@link #close()}; does not
     * block. Does nothing unless overridden.
     *
     * @param unit canonical id of the unit; not null
     */
    default void released(String unit) {}

    /**
     * Releases threads, connections and descriptors. Units that run go on running, and the next provider of the type finds
     * them as they are. Waits for no call that is under way; such a call ends by itself, or when it is interrupted. A start
     * afterwards is refused. Idempotent.
     */
    @Override
    void close();
}
