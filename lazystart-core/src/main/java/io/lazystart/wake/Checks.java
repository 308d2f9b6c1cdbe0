// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.watch.WatcherSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Callers and events that want the unit's status read. While a read is in flight they share the one that follows it, so
 * that no crowd of them can keep a read from being taken in. Each caller is answered by a read that began after it came.
 * Guarded by the watcher's lock.
 */
final class Checks {
    private List<CompletableFuture<WatcherSnapshot>> current = List.of();
    private List<CompletableFuture<WatcherSnapshot>> next = List.of();
    private boolean wanted;

    /** The read that is about to begin answers the caller. */
    void begin(CompletableFuture<WatcherSnapshot> caller) {
        current = add(current, caller);
    }

    /** The read after the one in flight answers the caller. */
    void queue(CompletableFuture<WatcherSnapshot> caller) {
        next = add(next, caller);
        wanted = true;
    }

    /** Something wants a read after the one in flight and needs no answer. */
    void queue() {
        wanted = true;
    }

    /** No read is in flight any more: gives those whom it answered. */
    List<CompletableFuture<WatcherSnapshot>> answered() {
        List<CompletableFuture<WatcherSnapshot>> all = current;
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

    private static List<CompletableFuture<WatcherSnapshot>> add(
            List<CompletableFuture<WatcherSnapshot>> list, CompletableFuture<WatcherSnapshot> caller) {
        List<CompletableFuture<WatcherSnapshot>> longer = list.isEmpty() ? new ArrayList<>(1) : list;
        longer.add(caller);
        return longer;
    }
}
