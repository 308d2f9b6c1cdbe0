// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which reference each container was found by first. A name and an id may mean the same container, which only the engine
 * knows; two units of it would put it to sleep while the other one serves. So the container is the first one's, until that
 * finds another container or none, or is in use no more. Thread-safe.
 */
final class Claims {
    /** Holders by the whole ids of containers, each with one of them at most. Guarded by {@code this}. */
    private final Map<String, String> holders = new HashMap<>();

    /** The other way round. Guarded by {@code this}. */
    private final Map<String, String> held = new HashMap<>();

    /** A reference is in use no more. */
    synchronized void released(String reference) {
        String id = held.get(reference);
        if (id != null) {
            lapse(reference, id);
        }
    }

    /**
     * A container was found, or none.
     *
     * @param id its whole id, or null if there is none
     * @return the other reference whose it is, or null if there is none
     */
    synchronized @Nullable String found(String reference, @Nullable String id) {
        String before = held.get(reference);
        if (before != null && !before.equals(id)) {
            lapse(reference, before);
        }
        if (id == null) {
            return null;
        }
        String holder = holders.get(id);
        if (holder != null && !holder.equals(reference)) {
            return holder;
        }
        holders.put(id, reference);
        held.put(reference, id);
        return null;
    }

    /** Whether the container that the reference was found to be last is its own. */
    synchronized boolean isHolder(String reference) {
        return held.containsKey(reference);
    }

    /** Whether a container is known to be of another reference, as far as anybody has looked. */
    synchronized boolean isOfAnother(String reference, String id) {
        String holder = holders.get(id);
        return holder != null && !holder.equals(reference);
    }

    private void lapse(String reference, String id) {
        held.remove(reference);
        holders.remove(id);
    }
}
