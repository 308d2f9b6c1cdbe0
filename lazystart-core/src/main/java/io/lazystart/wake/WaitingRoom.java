// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the callers held by all services together. */
public final class WaitingRoom {
    private final int capacity;
    private final AtomicInteger held = new AtomicInteger();

    /**
     * Creates an empty room.
     *
     * @param capacity how many may be held at once
     */
    public WaitingRoom(int capacity) {
        this.capacity = capacity;
    }

    /** Lets a caller in if there is room. */
    boolean enter() {
        if (held.incrementAndGet() <= capacity) {
            return true;
        }
        held.decrementAndGet();
        return false;
    }

    void leave() {
        held.decrementAndGet();
    }

    int capacity() {
        return capacity;
    }
}
