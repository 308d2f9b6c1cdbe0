// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** Counts the callers held by all services together, or those of one service in its share of the whole room. */
public final class WaitingRoom {
    private static final AtomicIntegerFieldUpdater<WaitingRoom> HELD =
            AtomicIntegerFieldUpdater.newUpdater(WaitingRoom.class, "held");

    private final @Nullable WaitingRoom whole;

    /** How many may be held at once; of the whole room, as the number of those who share it. */
    private volatile int capacity;

    private volatile int sharers;

    @SuppressWarnings("unused") // through HELD
    private volatile int held;

    /**
     * Creates an empty room for all services.
     *
     * @param capacity how many may be held at once
     */
    public WaitingRoom(int capacity) {
        this.capacity = capacity;
        this.whole = null;
    }

    private WaitingRoom(WaitingRoom whole) {
        this.whole = whole;
    }

    /**
     * Changes the bounds; who is held stays.
     *
     * @param most how many may be held at once
     * @param services how many share the room
     */
    public void resize(int most, int services) {
        capacity = most;
        sharers = services;
    }

    /**
     * Parts off what one service may take of this room: half of it, rounded up, while there are others, so that none of
     * them can keep the callers of all others out.
     *
     * @return the service's own count; whoever enters it enters this room as well
     */
    public WaitingRoom share() {
        return new WaitingRoom(this);
    }

    private int most() {
        if (whole == null) {
            return capacity;
        }
        int all = whole.capacity;
        return whole.sharers > 1 ? all - all / 2 : all;
    }

    /**
     * Lets a caller in if there is room.
     *
     * @return null if it is in, or which limit keeps it out
     */
    @Nullable
    String enter() {
        int most = most();
        if (HELD.incrementAndGet(this) > most) {
            HELD.decrementAndGet(this);
            return whole == null || most == whole.capacity
                    ? "the waiting room is full (" + most + " held)"
                    : "the service's share of the waiting room is full (" + most + " of " + whole.capacity + " held)";
        }
        String refused = whole == null ? null : whole.enter();
        if (refused != null) {
            HELD.decrementAndGet(this);
        }
        return refused;
    }

    void leave() {
        HELD.decrementAndGet(this);
        if (whole != null) {
            whole.leave();
        }
    }
}
