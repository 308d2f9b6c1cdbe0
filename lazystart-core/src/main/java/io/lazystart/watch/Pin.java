// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

/** A status that a person holds against callers and timers. */
public enum Pin {
    /** Nothing is held. */
    NONE,
    /** The unit is woken, restarted under back-off when it dies, and does not sleep. */
    READY,
    /** The unit is put to sleep and wakes are refused. */
    NAPPING
}
