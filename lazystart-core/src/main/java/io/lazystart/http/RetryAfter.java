// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.watch.WatcherSnapshot;
import java.time.Duration;

/** When to come back: whole seconds, rounded up, at least one. */
final class RetryAfter {
    /** Said where nothing has been learned yet. */
    static final long UNKNOWN_SECONDS = 5;

    private RetryAfter() {}

    /** The rest of a back-off if there is one, else what is left of the usual start. */
    static long seconds(WatcherSnapshot snapshot) {
        Duration backOff = snapshot.retryAfter();
        return backOff != null ? roundedUp(backOff) : untilReady(snapshot);
    }

    /** What is left of the usual start; one second where it is overdue. */
    static long untilReady(WatcherSnapshot snapshot) {
        Duration estimate = snapshot.estimate();
        if (estimate == null) {
            return UNKNOWN_SECONDS;
        }
        Duration elapsed = snapshot.elapsed();
        return roundedUp(elapsed == null ? estimate : estimate.minus(elapsed));
    }

    static long roundedUp(Duration duration) {
        long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
        return Math.max(1, seconds);
    }
}
