// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which reference each container was found by first. A name and an id may mean the same container, which only the engine
 * knows; two units of it would put it to sleep while the other one serves. So the container is the first one's, until that
 * finds another container or none, or no service names it any more. Thread-safe.
 */
final class Claims {
    /** Holders by the whole ids of containers, each with one of them at most. Guarded by {@code this}. */
    private final Map<String, String> holders = new HashMap<>();

    /** The other way round. Guarded by {@code this}. */
    private final Map<String, String> held = new HashMap<>();

    /** What each service names now. Guarded by {@code this}. */
    private final Map<String, String> named = new HashMap<>();

    /** A service names its container so from now on, and in no other way. */
    synchronized void named(String service, String reference) {
        named.put(service, reference);
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
            if (named.containsValue(holder)) {
                return holder;
            }
            lapse(holder, id);
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
