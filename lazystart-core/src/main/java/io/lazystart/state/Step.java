// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;

/** Where within a status the machine is. */
public enum Step {
    /** Asleep, as far as is known. */
    ASLEEP(Status.NAPPING),
    /** The leases on the dependencies are being taken. */
    DEPENDENCIES(Status.STARTING),
    /** The unit's status is being read, to choose between start, unpause and adoption. */
    LOOK(Status.STARTING),
    /** An earlier verb still holds the slot. */
    START_SLOT(Status.STARTING),
    /** The start or unpause is in flight. */
    START_VERB(Status.STARTING),
    /** The unit runs and is probed. */
    PROBE(Status.STARTING),
    /** Leases are handed out. */
    SERVING(Status.READY),
    /** Idle; the vetoes are asked, leases are still handed out. */
    ASKING(Status.READY),
    /** The health of a ready unit has failed: no new leases, open ones stay; it is probed on until it is well or restarted. */
    AILING(Status.STARTING),
    /** No new leases; open ones are waited for. */
    DRAIN(Status.STOPPING),
    /** An earlier verb still holds the slot. */
    STOP_SLOT(Status.STOPPING),
    /** The stop, pause or kill is in flight. */
    STOP_VERB(Status.STOPPING),
    /** The unit's status is being read, to see whether it is asleep. */
    CONFIRM(Status.STOPPING),
    /** The unit is at rest and its place empty, until the one of the changed configuration takes it. */
    VACANT(Status.STOPPING),
    /** The last start or run failed; the unit does not run, or that is being found out. */
    FAILED(Status.ERROR),
    /** The unit runs but was not ready in time; it is probed each second until it is ready or put to sleep. */
    LINGERING(Status.ERROR),
    /** The unit could not be put to sleep; that is tried again under back-off. */
    STUCK(Status.ERROR);

    private final Status status;

    Step(Status status) {
        this.status = status;
    }

    /**
     * Tells the status that the step belongs to.
     *
     * @return the status
     */
    public Status status() {
        return status;
    }
}
