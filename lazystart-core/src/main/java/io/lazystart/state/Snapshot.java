// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.watch.Pin;
import org.jspecify.annotations.Nullable;

/**
 * All state of a watcher's life cycle, immutable. Times are monotonic nanoseconds.
 *
 * @param step where the machine is; its status follows from it
 * @param epoch raised by each start, stop and adoption
 * @param cause who or what led to the status
 * @param verb the verb that holds the slot, or null
 * @param stopKind verb that a stop issues next or has issued; null unless STOPPING
 * @param stopTried whether the verb {@code stopKind} has been issued; holds in STOPPING
 * @param read number of the status read that counts, 0 for none
 * @param failedReads status reads that failed in a row
 * @param lastId last number given to a verb, a read or a question
 * @param run id of the incarnation as the provider gives it; null where unknown
 * @param ran whether the unit is known to run, or to have run, since the last verb was issued: that was a start and has
 *     returned well, or the unit was read
 * @param recheck whether the unit's status must be read again as soon as the verb in flight has returned
 * @param unknown whether the unit may run although the status says otherwise
 * @param attemptNanos when the wake attempt began, or the unit was found unhealthy; holds in STARTING
 * @param deadlineNanos deadline of the wake attempt, or until when an unhealthy unit keeps its leases; holds in STARTING
 * @param adopted whether the unit was found running rather than started
 * @param done whether the unit is a job that has run and ended well; holds in READY, and in STOPPING until its status is
 *     read
 * @param readyNanos when READY was entered; holds in READY
 * @param idleFloorNanos idle time does not count before this; holds in READY
 * @param question number of what is asked and may change the step: the vetoes in ASKING, the probes in PROBE and LINGERING; else
 *     0
 * @param waiters callers held
 * @param demanded whether a restart is wanted that no waiter stands for; holds in AILING and STOPPING
 * @param queuedBy who queued the restart first; null unless one is queued in AILING or STOPPING
 * @param ailment why the unit is unhealthy, or is put down to be restarted; null unless AILING or STOPPING
 * @param dependencies whether the leases on the dependencies are held, or are being taken
 * @param failures what is remembered of failures
 * @param pin what a person holds
 * @param closing whether the host closes, or the service was removed
 * @param change what a changed configuration wants with the unit; REMOVED only while closing
 */
public record Snapshot(
        Step step,
        long epoch,
        Cause cause,
        @Nullable Verb verb,
        Verb.@Nullable Kind stopKind,
        boolean stopTried,
        long read,
        int failedReads,
        long lastId,
        @Nullable String run,
        boolean ran,
        boolean recheck,
        boolean unknown,
        long attemptNanos,
        long deadlineNanos,
        boolean adopted,
        boolean done,
        long readyNanos,
        long idleFloorNanos,
        long question,
        int waiters,
        boolean demanded,
        @Nullable Cause queuedBy,
        @Nullable Reason ailment,
        boolean dependencies,
        Failures failures,
        Pin pin,
        boolean closing,
        Change change) {

    /** A unit of which nothing has been read yet. */
    public static final Snapshot INITIAL = new Snapshot(
            Step.ASLEEP,
            0,
            new Cause(Cause.Kind.OUTSIDE, "not read yet"),
            null,
            null,
            false,
            0,
            0,
            0,
            null,
            false,
            false,
            true,
            0,
            0,
            false,
            false,
            0,
            0,
            0,
            0,
            false,
            null,
            null,
            false,
            Failures.NONE,
            Pin.NONE,
            false,
            Change.NONE);

    /** Refuses combinations that cannot be. */
    public Snapshot {
        Status status = step.status();
        require(waiters >= 0, "waiters below zero");
        require(waiters == 0 || status == Status.STARTING || status == Status.STOPPING, "waiters in ", step);
        require(!closing || waiters == 0, "waiters while closing");
        require((stopKind != null) == (status == Status.STOPPING), "stop verb in ", step);
        require(stopKind == null || !stopKind.wakes(), "a stop that wakes");
        require(!done || status == Status.READY || status == Status.STOPPING, "done in ", step);
        boolean restarts = status == Status.STOPPING || step == Step.AILING;
        require(!demanded || restarts, "restart queued in ", step);
        require(queuedBy == null || restarts, "restart queued in ", step);
        require(ailment == null ? step != Step.AILING : restarts, "ailment in ", step);
        require(status != Status.ERROR || failures.reason() != null, "error without reason");
        require(step != Step.START_VERB || (verb != null && verb.kind().wakes()), "no start in flight");
        require(step != Step.STOP_VERB || (verb != null && !verb.kind().wakes()), "no stop in flight");
        require(step != Step.START_SLOT || verb != null, "waiting for a free slot");
        require(step != Step.STOP_SLOT || verb != null, "waiting for a free slot");
        require(change != Change.REMOVED || closing, "removed and not closing");
        boolean probes = step == Step.PROBE || step == Step.LINGERING; // but for jobs
        require(step == Step.ASKING ? question != 0 : question == 0 || probes, "question in ", step);
        require((step != Step.LOOK && step != Step.CONFIRM) || read != 0, "no read in ", step);
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException("snapshot: " + problem);
        }
    }

    /** Joins the message only where it is told: this is asked for each decision. */
    private static void require(boolean holds, String problem, Step step) {
        require(holds, holds ? problem : problem + step);
    }

    /**
     * Tells the status.
     *
     * @return that of the step
     */
    public Status status() {
        return step.status();
    }

    /**
     * Tells whether another unit is to take the place of this one: what it did is not held against those who ask.
     *
     * @return true from the order to make room until the other has taken the place; false again if that cannot be had
     */
    public boolean awaitsAnother() {
        return step == Step.VACANT || (status() == Status.STOPPING && change == Change.REPLACED);
    }

    /**
     * Tells why the service is in error or unhealthy, or refuses everybody.
     *
     * @return the last failure, or null where there is nothing the matter
     */
    public @Nullable Reason reason() {
        if (closing) {
            return DemandRules.closing(change);
        }
        return status() == Status.ERROR ? failures.reason() : ailment;
    }
}
