// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.wake.BlockingCall;

/** A call of the provider between its beginning and its end. */
final class SimCall {

    /** What is called. */
    enum Kind {
        STATUS,
        PROBE,
        START,
        UNPAUSE,
        STOP,
        PAUSE,
        KILL;

        boolean isVerb() {
            return this != STATUS && this != PROBE;
        }

        boolean wakes() {
            return this == START || this == UNPAUSE;
        }
    }

    private final BlockingCall<Object> task;
    final SimUnit unit;

    /** A probe that has the address already need not ask the unit. */
    Kind kind = Kind.PROBE;

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

    @SuppressWarnings("unchecked") // what the call gives goes back to it unseen
    SimCall(SimUnit unit, Runnable task, long askedSeq) {
        this.unit = unit;
        this.askedSeq = askedSeq;
        this.task = (BlockingCall<Object>) task;
    }

    /** Makes the call; what it gives is held back. False if it has ended at once. */
    boolean begin() {
        try {
            task.begin();
            sample = task.make();
            return true;
        } catch (Exception e) {
            task.failed(e);
            return false;
        }
    }

    boolean newlyInterrupted() {
        return !interrupted && task.isInterrupted();
    }

    void done(Object result) {
        ended = true;
        task.done(result);
    }

    void failed(Exception failure) {
        ended = true;
        task.failed(failure);
    }

    @Override
    public String toString() {
        return unit.id() + " " + kind + "@" + begunSeq;
    }
}
