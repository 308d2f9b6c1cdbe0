// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.provider.Health;
import io.lazystart.provider.Unit;
import io.lazystart.time.Ticker;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the provider says of a unit's health in one attempt: asked when it has told of a change, and each second in case that
 * it tells of none. Used by one call at a time, but for {@link #changed()}.
 */
final class HealthReport {
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Unit unit;
    private final Ticker ticker;

    /** Null before the first answer, and after a question without one. */
    private @Nullable Health last;

    private long askedNanos;
    private volatile boolean changed;

    HealthReport(Unit unit, Ticker ticker) {
        this.unit = unit;
        this.ticker = ticker;
    }

    /** Something has changed since it was asked last. From any thread. */
    void changed() {
        changed = true;
    }

    boolean isChanged() {
        return changed;
    }

    Health ask() throws Exception {
        long now = ticker.nanos();
        Health known = last;
        if (known != null && !changed && now - askedNanos < INTERVAL_NANOS) {
            return known;
        }
        changed = false;
        askedNanos = now;
        last = null;
        Health told = Objects.requireNonNull(unit.health(), "health of " + unit.id());
        last = told;
        return told;
    }

    /** What is said of a unit that has not come so far, in words that end a message. */
    static String awaited(Health health) {
        return switch (health) {
            case NONE, STARTING ->
                "its provider does not say yet that all of it runs (expected: all of it, or ready: tcp or http)";
            case HEALTHY, UNHEALTHY -> observed(health);
        };
    }

    /** What is said of a unit, in words that end a message. */
    static String observed(Health health) {
        return switch (health) {
            case NONE -> "nobody looks after its health (expected: a health check of its own, or ready: tcp or http)";
            case STARTING -> "its health check has not passed yet";
            case HEALTHY -> "its health check passes";
            case UNHEALTHY -> "its health check fails";
        };
    }
}
