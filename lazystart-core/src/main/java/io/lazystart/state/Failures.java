// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.failure.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of failures until the unit has been READY for long enough.
 *
 * @param count starts that failed and deaths in a row; at least 1 after a stop that failed
 * @param step how often the back-off has been imposed
 * @param retryAtNanos until then nothing starts without a person's wake; holds only if {@code count} is positive
 * @param reason the last failure; null if there is none
 * @param next what may start the unit when the back-off is over
 * @param open whether there were so many in a row that nothing but a person's wake starts the unit, pinned or not
 */
public record Failures(
        int count, int step, long retryAtNanos, @Nullable Reason reason, Next next, boolean open) {
    static final Failures NONE = new Failures(0, 0, 0, null, Next.DEMAND, false);

    private static final int LAST_STEP = 62;

    /** What may start a unit that has failed. */
    public enum Next {
        /** Whoever asks for it. */
        DEMAND,
        /** Nobody need ask. */
        ITSELF,
        /** A person only. */
        PERSON
    }

    /** Checks that a count has a reason, and that what follows from failures has a count. */
    public Failures {
        boolean nothing = count == 0 && (open || next != Next.DEMAND);
        if (count < 0 || step < 0 || nothing || (count > 0 && reason == null)) {
            throw new IllegalArgumentException("failures: " + count + ", step " + step + ", reason " + reason);
        }
    }

    /**
     * Tells whether nothing may start now.
     *
     * @param now the time
     * @return true while the back-off lasts
     */
    public boolean backingOff(long now) {
        return count > 0 && retryAtNanos - now > 0;
    }

    /** A failure that is not the service's own: it is told, and does not count. */
    Failures note(Reason cause) {
        return new Failures(count, step, retryAtNanos, cause, next, open);
    }

    /**
     * Tells whether whoever is no person is refused now.
     *
     * @param now the time
     * @return true while the back-off lasts, and for as long as only a person may start the unit
     */
    public boolean bars(long now) {
        return barsForGood() || backingOff(now);
    }

    /**
     * Tells whether waiting does not help who is refused.
     *
     * @return true for as long as only a person may start the unit
     */
    public boolean barsForGood() {
        return open || next == Next.PERSON;
    }

    /** When asking again may help: not after now where that is not known. */
    long askAgainAt(long now) {
        return count > 0 && !barsForGood() ? retryAtNanos : now;
    }

    /** When the back-off is over: not after now where there is none. */
    long overAt(long now) {
        return count > 0 ? retryAtNanos : now;
    }

    Failures then(Next starter) {
        return next == starter ? this : new Failures(count, step, retryAtNanos, reason, starter, open);
    }

    /** An attempt begins: whatever led to it was allowed to. */
    Failures begun() {
        return next == Next.PERSON ? then(Next.DEMAND) : this;
    }

    /** The unit is READY. What failed before is not forgotten yet, but nothing stands against a start. */
    Failures served() {
        return open || next != Next.DEMAND ? new Failures(count, step, retryAtNanos, reason, Next.DEMAND, false) : this;
    }

    /** A person forgets the failures; why the unit is in error is still known. */
    Failures reset() {
        return new Failures(0, 0, 0, reason, Next.DEMAND, false);
    }

    /** One more failure of a start, or a death; an incarnation that had been READY gets its first retry for nothing. */
    Failures add(Reason cause, boolean wasReady, long now, long epoch, Policy policy) {
        Failures more = wasReady && count == 0
                ? new Failures(1, 0, now, cause, next, open)
                : delayed(count + 1, cause, now, epoch, policy);
        return more.count >= policy.openAfter() ? more.opened() : more;
    }

    /** A stop failed: that is no failed start, but has its back-off. */
    Failures addStop(Reason cause, long now, long epoch, Policy policy) {
        return delayed(Math.max(1, count), cause, now, epoch, policy);
    }

    private Failures delayed(int failures, Reason cause, long now, long epoch, Policy policy) {
        long delay = policy.backoffNanos(step, epoch);
        return new Failures(failures, Math.min(step + 1, LAST_STEP), now + delay, cause, next, open);
    }

    private Failures opened() {
        Reason last = reason;
        if (last == null) {
            return this;
        }
        String message = last.message() + "; failed " + count + " times in a row, not tried again until a person asks";
        Reason told = new Reason(last.kind(), message, last.exitCode(), last.output());
        return new Failures(count, step, retryAtNanos, told, next, true);
    }

    /** The last failure; there is one after each {@link #add}. */
    Reason last(Reason otherwise) {
        return reason == null ? otherwise : reason;
    }
}
