// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.ArrayList;
import java.util.List;

/**
 * Callers and events that want the unit's status read. While a read is in flight they share the one that follows it, so
 * that no crowd of them can keep a read from being taken in. Each caller is answered by a read that began after it came.
 * Guarded by the watcher's lock.
 */
final class Checks {
    private List<Runnable> current = List.of();
    private List<Runnable> next = List.of();
    private boolean wanted;

    /** The read that is about to begin answers the caller. */
    void begin(Runnable caller) {
        current = add(current, caller);
    }

    /** The read after the one in flight answers the caller. */
    void queue(Runnable caller) {
        next = add(next, caller);
        wanted = true;
    }

    /** Something wants a read after the one in flight and needs no answer. */
    void queue() {
        wanted = true;
    }

    /** No read is in flight any more: gives the answers of those whom it answered. */
    List<Runnable> answered() {
        List<Runnable> all = current;
        current = List.of();
        return all;
    }

    /** Whether another read is wanted now; those who wait for one wait for that. */
    boolean turn() {
        boolean again = wanted;
        current = next;
        next = List.of();
        wanted = false;
        return again;
    }

    private static List<Runnable> add(List<Runnable> list, Runnable caller) {
        List<Runnable> longer = list.isEmpty() ? new ArrayList<>(1) : list;
        longer.add(caller);
        return longer;
    }
}
