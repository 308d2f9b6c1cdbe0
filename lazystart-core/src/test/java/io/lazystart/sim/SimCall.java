// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.wake.BlockingCall;
import java.util.List;

/** A call of the provider between its beginning and its end. */
final class SimCall {

    /** What is called. */
    enum Kind {
        STATUS,
        PROBE,
        HEALTH,
        VETO,
        START,
        UNPAUSE,
        STOP,
        PAUSE,
        KILL;

        boolean isVerb() {
            return switch (this) {
                case STATUS, PROBE, HEALTH, VETO -> false;
                case START, UNPAUSE, STOP, PAUSE, KILL -> true;
            };
        }

        boolean wakes() {
            return this == START || this == UNPAUSE;
        }
    }

    private final BlockingCall<Object> task;
    final House house;

    /** Null where it asks neither the unit nor a veto: that the unit runs is all the probe of some services. */
    Kind kind;

    /** What the unit said when it was asked. */
    Object sample;

    /** Which run was probed. */
    String run;

    long begunNanos;
    long begunSeq;

    /** When the core asked for it; calls begin on threads of their own, in any order. */
    final long askedSeq;

    boolean interrupted;
    long interruptedNanos;
    boolean ended;

    /** Whether it has done to the unit what it does. */
    boolean effective;

    /** Whether an interrupt ends it. */
    boolean deaf;

    /** Whether it is a veto that objected in time. */
    boolean busy;

    @SuppressWarnings("unchecked") // what the call gives goes back to it unseen
    SimCall(House house, Runnable task, long askedSeq) {
        this.house = house;
        this.askedSeq = askedSeq;
        this.task = (BlockingCall<Object>) task;
    }

    /** Makes the call; what it gives is held back. Gives what keeps it from being made, or null. */
    Exception begin() {
        try {
            task.begin();
            sample = task.make();
            return null;
        } catch (Exception e) {
            return e;
        }
    }

    /** Whether nobody waits for it any more. */
    boolean isOver() {
        return task.isInterrupted();
    }

    static List<SimCall> newlyInterrupted(List<SimCall> calls) {
        return calls.stream().filter(call -> !call.interrupted && call.isOver()).toList();
    }

    void done(Object result) {
        ended = true;
        task.done(result);
    }

    /** Ends with what was seen at its beginning, or with a failure. */
    void end(Exception failure) {
        if (failure == null) {
            done(sample);
        } else {
            failed(failure);
        }
    }

    void failed(Exception failure) {
        ended = true;
        task.failed(failure);
    }

    @Override
    public String toString() {
        return house.name + " " + kind + "@" + begunSeq;
    }
}
