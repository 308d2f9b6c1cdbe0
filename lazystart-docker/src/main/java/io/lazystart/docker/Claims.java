// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who found each container first. A name and an id may mean the same container, which only the engine knows; two units of it
 * would put it to sleep while the other one serves. So the container is the first one's, until that finds another container
 * or none, or is in use no more. Thread-safe.
 */
final class Claims {
    /** Holders by the whole ids of containers, each with one of them at most. Guarded by {@code this}. */
    private final Map<String, Claimant> holders = new HashMap<>();

    /** Whoever means a container by a reference. Another one that means it so after a release is another claimant. */
    static final class Claimant {
        private final String reference;

        /** Whole id of the container that is its own. Guarded by the claims, with the field below. */
        private @Nullable String held;

        private boolean released;

        Claimant(String reference) {
            this.reference = reference;
        }

        String reference() {
            return reference;
        }
    }

    /** It is in use no more, and claims nothing from now on: a look that is under way may find a container yet. */
    synchronized void release(Claimant claimant) {
        claimant.released = true;
        lapse(claimant);
    }

    /**
     * A container was found, or none.
     *
     * @param id its whole id, or null if there is none
     * @return whose it is by another reference, or null if it is nobody else's
     */
    synchronized @Nullable Claimant found(Claimant claimant, @Nullable String id) {
        if (claimant.held != null && !claimant.held.equals(id)) {
            lapse(claimant);
        }
        if (id == null) {
            return null;
        }
        if (isOfAnother(claimant, id)) {
            return holders.get(id);
        }
        if (!claimant.released) {
            holders.put(id, claimant);
            claimant.held = id;
        }
        return null;
    }

    /** Whether the container that it found last is its own. */
    synchronized boolean isHolder(Claimant claimant) {
        return claimant.held != null;
    }

    /** Whether a container is known to be of another reference, as far as anybody has looked. */
    synchronized boolean isOfAnother(Claimant claimant, String id) {
        Claimant holder = holders.get(id);
        return holder != null && !holder.reference.equals(claimant.reference);
    }

    private void lapse(Claimant claimant) {
        if (claimant.held != null) {
            holders.remove(claimant.held, claimant);
            claimant.held = null;
        }
    }
}
