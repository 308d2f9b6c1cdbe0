// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;

/** What a signal needs done to the lease word before the machine can decide. */
public enum Word {
    /** Nothing. */
    NONE,
    /** Take a lease for the waiter of the signal; the word is open. */
    TAKE,
    /**
     * Close if no lease is open and none was released since the stamp of the signal; the outcome is 0 if closed,
     * the number of open leases, or -1 if the stamp is old.
     */
    CLOSE_IF_IDLE,
    /** Close; the outcome is the number of leases that were open. */
    CLOSE,
    /** Count the leases of the closed word; the outcome is the number of leases that are open. */
    COUNT;

    /** Closes the word where it is open, counts where it is closed with leases still open, else has no business with it. */
    static Word closeOrCount(Snapshot s) {
        if (s.status() == Status.READY) {
            return CLOSE;
        }
        return s.step() == Step.AILING ? COUNT : NONE;
    }
}
