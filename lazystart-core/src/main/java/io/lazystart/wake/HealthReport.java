// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.provider.Health;
import io.lazystart.provider.Unit;
import io.lazystart.time.Ticker;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What the provider says of a unit's health: asked when it has told of a change, and each second in case that it tells of
 * none. Used by one call at a time, but for {@link #stale()}.
 */
final class HealthReport {
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Unit unit;
    private final Ticker ticker;
    private Health last = Health.NONE;
    private long askedNanos;
    private volatile boolean stale = true;

    HealthReport(Unit unit, Ticker ticker) {
        this.unit = unit;
        this.ticker = ticker;
    }

    /** Something has changed. From any thread. */
    void stale() {
        stale = true;
    }

    boolean isStale() {
        return stale;
    }

    Health ask() throws Exception {
        long now = ticker.nanos();
        if (stale || now - askedNanos >= INTERVAL_NANOS) {
            stale = false;
            askedNanos = now;
            last = Objects.requireNonNull(unit.health(), "health of " + unit.id());
        }
        return last;
    }

    /** What is said of a unit that is not healthy, in words that end a message. */
    static String observed(Health health) {
        return switch (health) {
            case NONE -> "nobody looks after its health (expected: a health check of its own, or ready: tcp or http)";
            case STARTING -> "its health check has not passed yet";
            case HEALTHY -> "its health check passes";
            case UNHEALTHY -> "its health check fails";
        };
    }
}
