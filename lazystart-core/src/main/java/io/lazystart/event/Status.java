// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

/** Where a service is in its life. */
public enum Status {
    /** The unit is asleep: stopped or paused, and nobody has asked for it. */
    NAPPING,
    /** A wake attempt or an adoption is under way, or a unit that was ready is unhealthy: callers wait until it serves. */
    STARTING,
    /** The unit serves; leases are handed out. */
    READY,
    /** The unit is being put to sleep; a wake that arrives now is served after one restart. */
    STOPPING,
    /** The last start, run or stop failed; the reason is kept and back-off may apply. */
    ERROR
}
