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
    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(OpenLease.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Incarnation incarnation;

    /** Set once, by whichever of two rival closes comes first. */
    @SuppressWarnings("unused")
    private volatile boolean closed;

    /** Set before a callback is registered: then the close has it forgotten. */
    private volatile boolean watched;

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
        watched = true;
        Reason reason = incarnation.onLost(this, listener);
        if (reason != null && !closed) {
            listener.accept(reason);
        }
    }

    @Override
    public void close() {
        if (CLOSED.compareAndSet(this, false, true)) {
            if (watched) {
                incarnation.forget(this);
            }
            incarnation.release();
        }
    }

    boolean isClosed() {
        return closed;
    }
}
