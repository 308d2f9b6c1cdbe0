// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

import io.lazystart.failure.Reason;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Proof that somebody is using a service now. While one is open the unit is not put to sleep, unless a person or the
 * closing host insists. Thread-safe.
 */
public interface Lease extends AutoCloseable {

    /**
     * Tells where the service is reached during this incarnation.
     *
     * @return scheme, host and port, without path; null where the service has no upstream
     */
    @Nullable
    URI upstream();

    /**
     * Tells which incarnation of the service the lease is of. What was learned of one incarnation, such as a connection
     * to it, is worth nothing to another.
     *
     * @return the service's epoch when the incarnation began
     */
    long epoch();

    /**
     * Registers a callback for the loss of the unit while the lease is open: it died, or was stopped by force. Fires at
     * most once, on a core thread; at once if the unit is lost already; never after {@link #close()} has returned
     * before the loss.
     *
     * @param listener hears why; what it throws is logged
     */
    void onLost(Consumer<Reason> listener);

    /** Gives the lease back. Idempotent. Never blocks. */
    @Override
    void close();
}
