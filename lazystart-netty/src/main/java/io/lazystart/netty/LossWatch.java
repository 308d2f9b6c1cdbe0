// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.watch.Lease;
import io.netty.util.concurrent.EventExecutor;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Ends an exchange whose unit is lost. Mostly the unit's sockets say so themselves, and what they still hold is worth
 * reading; a unit whose network went with it says nothing. So the exchange is left alone until nothing has come for
 * five seconds. Confined to the event loop, except where it says so.
 */
final class LossWatch {
    private static final long SILENCE_SECONDS = 5;

    private final Exchange exchange;
    private final Lease lease;
    private final EventExecutor loop;
    private final Runnable onSilence;

    /** Written on a core thread; the address of a lost lease is worth nothing from then on. */
    private volatile boolean lost;

    LossWatch(Exchange exchange, EventExecutor loop, Runnable onSilence) {
        this.exchange = exchange;
        this.lease = Objects.requireNonNull(exchange.lease(), "lease");
        this.loop = loop;
        this.onSilence = onSilence;
    }

    void start() {
        lease.onLost(reason -> {
            // On a core thread.
            lost = true;
            try {
                loop.execute(this::watch);
            } catch (RejectedExecutionException e) {
                // The loop is shut down, and the exchange with it.
            }
        });
    }

    /** Whether the unit is gone, so that its address may by now be anybody's. On any thread. */
    boolean isLost() {
        return lost;
    }

    private void watch() {
        long before = exchange.bytesSent();
        loop.schedule(() -> look(before), SILENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void look(long before) {
        if (exchange.isOver() || exchange.lease() != lease) {
            return;
        }
        if (exchange.bytesSent() == before) {
            onSilence.run();
        } else {
            watch();
        }
    }
}
