// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.failure.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of failures until the unit has been READY for long enough.
 *
 * @param count failures in a row
 * @param step how often the back-off has been imposed
 * @param retryAtNanos until then nothing starts without a person's wake; holds only if {@code count} is positive
 * @param reason the last failure; null if there is none
 * @param next what may start the unit when the back-off is over
 */
public record Failures(
        int count, int step, long retryAtNanos, @Nullable Reason reason, Next next) {
    static final Failures NONE = new Failures(0, 0, 0, null, Next.DEMAND);

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

    /** Checks that a count has a reason, and what is next a count. */
    public Failures {
        boolean nothing = count == 0 && next != Next.DEMAND;
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
        return new Failures(count, step, retryAtNanos, cause, next);
    }

    /**
     * Tells whether whoever is no person is refused now.
     *
     * @param now the time
     * @return true while the back-off lasts, and for as long as only a person may start the unit
     */
    public boolean bars(long now) {
        return count > 0 && (next == Next.PERSON || backingOff(now));
    }

    /** When asking again may help: not after now where that is not known. */
    long retryAt(long now) {
        return count > 0 && next != Next.PERSON ? retryAtNanos : now;
    }

    Failures then(Next starter) {
        return next == starter ? this : new Failures(count, step, retryAtNanos, reason, starter);
    }

    /** An attempt begins: whatever led to it was allowed to. */
    Failures begun() {
        return next == Next.PERSON ? then(Next.DEMAND) : this;
    }

    /** One more failure; an incarnation that had been READY gets its first retry for nothing. */
    Failures add(Reason cause, boolean wasReady, long now, long epoch, Policy policy) {
        if (wasReady && count == 0) {
            return new Failures(1, 0, now, cause, next);
        }
        long delay = policy.backoffNanos(step, epoch);
        return new Failures(count + 1, Math.min(step + 1, LAST_STEP), now + delay, cause, next);
    }
}
