// SPDX-License-Identifier: Apache-2.0
package io.lazystart.lease;

import io.lazystart.failure.Reason;
import io.lazystart.watch.Lease;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A lease counted in its incarnation's word. */
final class OpenLease implements Lease {
    private static final int OPEN = 0;
    private static final int WATCHED = 1;
    private static final int CLOSED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(OpenLease.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Incarnation incarnation;

    /** OPEN, then perhaps WATCHED (a callback waits for the loss of the unit), then CLOSED by the first of rival closes. */
    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    OpenLease(Incarnation incarnation) {
        this.incarnation = incarnation;
    }

    @Override
    public @Nullable URI upstream() {
        return incarnation.upstream();
    }

    @Override
    public long epoch() {
        return incarnation.epoch();
    }

    @Override
    public void onLost(Consumer<Reason> listener) {
        STATE.compareAndSet(this, OPEN, WATCHED);
        Reason reason = incarnation.onLost(this, listener);
        if (isClosed()) {
            // A rival close came before the callback was kept, and may have looked for it already.
            incarnation.forget(this);
        } else if (reason != null) {
            listener.accept(reason);
        }
    }

    @Override
    public void close() {
        // The clock is read before the exchange: reading it between two atomic operations waits for the first of them.
        long now = incarnation.now();
        int before = (int) STATE.getAndSet(this, CLOSED);
        if (before == CLOSED) {
            return;
        }
        if (before == WATCHED) {
            incarnation.forget(this);
        }
        incarnation.release(now);
    }

    boolean isClosed() {
        return state == CLOSED;
    }
}
