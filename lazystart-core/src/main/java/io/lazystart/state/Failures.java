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
 */
public record Failures(
        int count, int step, long retryAtNanos, @Nullable Reason reason) {
    static final Failures NONE = new Failures(0, 0, 0, null);

    private static final int LAST_STEP = 62;

    /** Checks that a count has a reason. */
    public Failures {
        if (count < 0 || step < 0 || (count > 0 && reason == null)) {
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
        return new Failures(count, step, retryAtNanos, cause);
    }

    /** One more failure; an incarnation that had been READY gets its first retry for nothing. */
    Failures add(Reason cause, boolean wasReady, long now, long epoch, Policy policy) {
        if (wasReady && count == 0) {
            return new Failures(1, 0, now, cause);
        }
        long delay = policy.backoffNanos(step, epoch);
        return new Failures(count + 1, Math.min(step + 1, LAST_STEP), now + delay, cause);
    }
}
