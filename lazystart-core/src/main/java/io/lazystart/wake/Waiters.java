// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The callers of one service that are held, in the order in which they came. Guarded by the watcher's lock. */
final class Waiters {
    /** Made for the first: most of very many services have none. */
    private Set<Waiter> held = Set.of();

    void add(Waiter waiter) {
        if (held.isEmpty()) {
            held = new LinkedHashSet<>();
        }
        held.add(waiter);
    }

    boolean contains(Waiter waiter) {
        return held.contains(waiter);
    }

    /** Takes out one who may have ended already. */
    boolean remove(Waiter waiter) {
        return !held.isEmpty() && held.remove(waiter);
    }

    /** Takes out all. */
    List<Waiter> takeAll() {
        List<Waiter> all = List.copyOf(held);
        held = Set.of();
        return all;
    }
}
