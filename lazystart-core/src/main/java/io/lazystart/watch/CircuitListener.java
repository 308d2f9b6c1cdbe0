// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

import io.lazystart.failure.Reason;

/**
 * Hears that a service has failed so often in a row that lazystart has given up on it, for alerts. Called on a core thread
 * ({@code lazystart-callback}), for one service in order and one at a time; what it throws is logged.
 */
@FunctionalInterface
public interface CircuitListener {

    /**
     * The circuit has opened: nothing starts the service but a person's wake or {@link Watcher#reset()}. Not called again
     * for attempts of a person that fail while it is open.
     *
     * @param service name of the service; not null
     * @param failures starts that failed and deaths in a row, as many as {@code backoff.open-after} says
     * @param reason the last of them; not null
     */
    void onOpened(String service, int failures, Reason reason);

    /**
     * The circuit has closed: the service is ready, or a person has reset it. Does nothing unless overridden.
     *
     * @param service name of the service; not null
     */
    default void onClosed(String service) {}
}
