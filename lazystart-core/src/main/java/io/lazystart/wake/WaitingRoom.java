// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts the callers held by all services together, or those of one service in its share of the whole room. */
public final class WaitingRoom {
    private final int capacity;
    private final @Nullable WaitingRoom whole;
    private final AtomicInteger held = new AtomicInteger();

    /**
     * Creates an empty room for all services.
     *
     * @param capacity how many may be held at once
     */
    public WaitingRoom(int capacity) {
        this(capacity, null);
    }

    private WaitingRoom(int capacity, @Nullable WaitingRoom whole) {
        this.capacity = capacity;
        this.whole = whole;
    }

    /**
     * Parts off what one service may take of this room: half of it, rounded up, while there are others, so that none of
     * them can keep the callers of all others out.
     *
     * @param services how many share the room
     * @return the service's own count; whoever enters it enters this room as well
     */
    public WaitingRoom share(int services) {
        return services > 1 ? new WaitingRoom(capacity - capacity / 2, this) : this;
    }

    /**
     * Lets a caller in if there is room.
     *
     * @return null if it is in, or which limit keeps it out
     */
    @Nullable
    String enter() {
        if (held.incrementAndGet() > capacity) {
            held.decrementAndGet();
            return whole == null
                    ? "the waiting room is full (" + capacity + " held)"
                    : "the service's share of the waiting room is full (" + capacity + " of " + whole.capacity
                            + " held)";
        }
        String refused = whole == null ? null : whole.enter();
        if (refused != null) {
            held.decrementAndGet();
        }
        return refused;
    }

    void leave() {
        held.decrementAndGet();
        if (whole != null) {
            whole.leave();
        }
    }
}
