// SPDX-License-Identifier: Apache-2.0
package io.lazystart.lease;

import io.lazystart.failure.Reason;
import io.lazystart.time.Ticker;
import io.lazystart.watch.Lease;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a unit, and its lease word: an int that holds a CLOSED bit (the sign), a DRAINING bit and the number of
 * open leases.
 *
 * <p>Acquire adds one, looks at the bit, and undoes if it is set; release stamps the time and subtracts one. Opening
 * <em>adds</em> (waiters − CLOSED) and never stores, so a refused acquire that has not yet undone itself stays counted
 * right. A word opens again only if its unit was unhealthy and is well: its open leases were counted all the time. A new
 * incarnation has a new word, so a lease of an old one counts for nothing.
 *
 * <p>Opening and closing happen under the watcher's lock. Acquire and release take no lock.
 */
public final class Incarnation extends PaddedWord.After {
    private static final int CLOSED = Integer.MIN_VALUE;

    /**
     * Set beside CLOSED when the word is closed with leases open. Whoever clears it when the count has come to zero tells
     * that: refused acquires take the count to zero again and again, but the bit can be cleared once.
     */
    private static final int DRAINING = 1 << 30;

    private static final int DRAINED = CLOSED | DRAINING;
    private static final VarHandle WORD;
    private static final VarHandle LAST_RELEASE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(Word.class, "word", int.class);
            LAST_RELEASE = lookup.findVarHandle(Word.class, "lastRelease", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Hears when the number of open leases falls to zero; runs on the thread that closed the last one. */
    @FunctionalInterface
    public interface ZeroListener {

        /** Called without any lock; does not block. */
        void onZero();
    }

    private final long epoch;
    private final Ticker ticker;
    private final ZeroListener listener;

    /** Whether the fall of the open word to zero is told. Written before the count is read that it is about. */
    private volatile boolean sleepsAtOnce;

    /** Whether a lease was ever given back. Written before the word is subtracted from, read after it. */
    private volatile boolean used;

    /** Written before the word opens, read after an acquire has succeeded: the word orders the two. */
    private @Nullable URI upstream;

    /** Guarded by {@code this}. */
    private @Nullable Reason lost;

    /** Guarded by {@code this}; null until somebody registers. */
    private @Nullable Map<OpenLease, Consumer<Reason>> losses;

    /**
     * Creates a closed word.
     *
     * @param epoch epoch of the watcher in which the incarnation begins
     * @param ticker stamps releases
     * @param sleepsAtOnce whether each fall to zero is told, for an idle time-out of zero
     * @param listener hears it
     */
    public Incarnation(long epoch, Ticker ticker, boolean sleepsAtOnce, ZeroListener listener) {
        this.word = CLOSED;
        this.epoch = epoch;
        this.ticker = ticker;
        this.sleepsAtOnce = sleepsAtOnce;
        this.listener = listener;
    }

    /**
     * Tells when the incarnation began.
     *
     * @return epoch of the watcher
     */
    public long epoch() {
        return epoch;
    }

    /**
     * Takes a lease if the word is open.
     *
     * @return an open lease, or null
     */
    public @Nullable Lease tryAcquire() {
        if ((int) WORD.getAndAdd(this, 1) < 0) {
            subtract();
            return null;
        }
        return new OpenLease(this);
    }

    /**
     * Opens the word with leases already counted for those who waited. Under the watcher's lock.
     *
     * @param waiters how many leases
     * @param address where the service is reached, or null
     */
    public void open(int waiters, @Nullable URI address) {
        upstream = address;
        WORD.getAndAdd(this, waiters - CLOSED);
    }

    /**
     * Opens the word again of a unit that was unhealthy and is well, with leases already counted for those who waited. Under
     * the watcher's lock.
     *
     * @param waiters how many leases
     */
    public void reopen(int waiters) {
        int seen = word;
        while (!WORD.compareAndSet(this, seen, seen + waiters - CLOSED - (seen & DRAINING))) {
            seen = word; // a lease was given back, or an acquire is being refused
        }
    }

    /**
     * Makes the lease that {@link #open} has counted for a waiter.
     *
     * @return an open lease
     */
    public Lease counted() {
        return new OpenLease(this);
    }

    /**
     * Says whether the last release of an open word is to be told from now on. Under the watcher's lock.
     *
     * @param atOnce true for a unit that sleeps at its last release
     */
    public void sleepsAtOnce(boolean atOnce) {
        sleepsAtOnce = atOnce;
    }

    /**
     * Closes the word if no lease is open and none was released since the stamp. Under the watcher's lock.
     *
     * @param stamp the last release that was seen
     * @return 0 if closed; the number of open leases; -1 if the stamp is old
     */
    public int closeIfIdle(long stamp) {
        int seen = (int) WORD.compareAndExchange(this, 0, CLOSED);
        if (seen != 0) {
            return seen & ~DRAINED;
        }
        if (lastRelease() != stamp) {
            // A lease came and went between the question and the answer. Acquires refused meanwhile are queued behind
            // the watcher's lock and find the word open again.
            WORD.getAndAdd(this, -CLOSED);
            return -1;
        }
        return 0;
    }

    /**
     * Closes the word whatever its count; one that is closed stays so, and its fall to zero is told again. Under the
     * watcher's lock.
     *
     * @return how many leases are open
     */
    public int close() {
        int open = word;
        while (!WORD.compareAndSet(this, open, closed(open))) {
            open = word; // a lease came or went
        }
        return open & ~DRAINED;
    }

    private static int closed(int word) {
        return (word & ~DRAINED) == 0 ? CLOSED : word | DRAINED;
    }

    /**
     * Tells whether the word is closed and the count has been zero since. An earlier fall to zero, of the open word, may
     * be told after leases were taken again and the word was closed on them.
     *
     * @return false while leases are open that were so at the close
     */
    public boolean drained() {
        return (word & DRAINED) == CLOSED;
    }

    /**
     * Counts the open leases. May count an acquire that is being refused at this moment.
     *
     * @return zero or more
     */
    public int leases() {
        return word & ~DRAINED;
    }

    /**
     * Tells when a lease was last given back.
     *
     * @return monotonic nanoseconds; means nothing unless {@link #used()}
     */
    public long lastRelease() {
        return (long) LAST_RELEASE.getOpaque(this);
    }

    /**
     * Tells whether any lease was given back.
     *
     * @return false before the first release
     */
    public boolean used() {
        return used;
    }

    @Nullable
    URI upstream() {
        return upstream;
    }

    long now() {
        return ticker.nanos();
    }

    /** Gives a lease back that was closed at the given time. */
    void release(long now) {
        LAST_RELEASE.setOpaque(this, now);
        if (!used) {
            used = true;
        }
        subtract();
    }

    private void subtract() {
        int left = (int) WORD.getAndAdd(this, -1) - 1;
        if (left == DRAINED) {
            if (WORD.compareAndSet(this, DRAINED, CLOSED)) {
                listener.onZero();
            }
        } else if (left == 0 && sleepsAtOnce) {
            listener.onZero();
        }
    }

    /**
     * Registers a callback for the loss of the unit.
     *
     * @return the reason if it is lost already, then the callback is not kept
     */
    @Nullable
    Reason onLost(OpenLease lease, Consumer<Reason> callback) {
        synchronized (this) {
            if (lost == null) {
                losses = losses == null ? new LinkedHashMap<>() : losses;
                losses.merge(lease, callback, Consumer::andThen);
            }
            return lost;
        }
    }

    /**
     * Marks the unit as lost. Later calls change nothing.
     *
     * @param reason why
     * @return callbacks of the leases that are open, to be run off every lock
     */
    public List<Runnable> lose(Reason reason) {
        synchronized (this) {
            if (lost != null) {
                return List.of();
            }
            lost = reason;
            List<Runnable> told = new ArrayList<>();
            if (losses != null) {
                losses.forEach((lease, callback) -> told.add(() -> tell(lease, callback, reason)));
                losses = null;
            }
            return told;
        }
    }

    private static void tell(OpenLease lease, Consumer<Reason> callback, Reason reason) {
        if (!lease.isClosed()) {
            callback.accept(reason);
        }
    }

    /** Forgets the callbacks of a lease that has been closed. */
    void forget(OpenLease lease) {
        synchronized (this) {
            if (losses != null) {
                losses.remove(lease);
            }
        }
    }
}
