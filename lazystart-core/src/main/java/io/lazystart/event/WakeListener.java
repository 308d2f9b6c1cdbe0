// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

/** Hears the events of one service, in order, one at a time, on the executor given with the subscription. */
@FunctionalInterface
public interface WakeListener {

    /**
     * Called for each event. What it throws is logged and disturbs nobody.
     *
     * @param event what happened; not null
     */
    void onEvent(WakeEvent event);

    /**
     * Called before the next event if this listener was too slow and the oldest events were dropped. Does nothing
     * unless overridden.
     *
     * @param count how many were dropped since the last call, at least 1
     */
    default void onDropped(long count) {}
}
