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
}
