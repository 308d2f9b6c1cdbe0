// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts open event streams against their limit. */
final class Subscribers {
    private volatile int limit;
    private final AtomicInteger open = new AtomicInteger();

    Subscribers(int limit) {
        this.limit = limit;
    }

    /** Changes the limit; streams that are open stay so. */
    void limit(int most) {
        limit = most;
    }

    boolean hasRoom() {
        return open.get() < limit;
    }

    boolean tryEnter() {
        int count = open.get();
        while (count < limit) {
            if (open.compareAndSet(count, count + 1)) {
                return true;
            }
            count = open.get();
        }
        return false;
    }

    void leave() {
        open.decrementAndGet();
    }
}
