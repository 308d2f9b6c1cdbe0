// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Status;
import io.lazystart.state.Snapshot;

/** Lets services that never woke and rest in the same way have one snapshot between them: most of very many do. Thread-safe. */
final class Resting {
    /** The one met last. Rivals may overwrite each other's, which costs room and nothing else. */
    private volatile Snapshot last = Snapshot.INITIAL;

    /** An equal snapshot that others may have too; the same where it is of a service that has woken, or is read. */
    Snapshot shared(Snapshot snapshot) {
        if (snapshot.epoch() != 0 || snapshot.read() != 0 || snapshot.status() != Status.NAPPING) {
            return snapshot;
        }
        Snapshot known = last;
        if (known.equals(snapshot)) {
            return known;
        }
        last = snapshot;
        return snapshot;
    }
}
