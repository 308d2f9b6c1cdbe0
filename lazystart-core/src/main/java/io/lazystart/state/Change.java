// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

/** What a changed configuration wants with the unit. */
public enum Change {
    /** Nothing. */
    NONE,
    /** It is put to sleep, and another takes its place. */
    REPLACED,
    /** Its service is no more; it is closed as if the host closed, without the hurry. */
    REMOVED
}
