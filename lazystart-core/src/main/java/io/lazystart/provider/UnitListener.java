// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

/** Hears a provider's event stream. Methods do not block and may be called from any thread. */
public interface UnitListener {

    /**
     * Something happened to a unit.
     *
     * @param event what; not null
     */
    void onEvent(UnitEvent event);

    /** Events may have been lost: the status of every unit is read again. */
    void onResync();

    /**
     * Events are missed from now on, until {@link #onResync()}: the stream is down, and the provider tries to open it again.
     * What is known of the units is kept meanwhile, marked as stale, and read again in rounds. Does nothing unless
     * overridden; may be called again.
     */
    default void onLost() {}
}
