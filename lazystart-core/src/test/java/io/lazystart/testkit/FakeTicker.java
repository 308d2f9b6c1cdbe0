// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. Thread-safe. {@link #sleep} moves it and returns at once. */
public final class FakeTicker implements Ticker {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong suspendedNanos = new AtomicLong();

    /** Creates a clock at zero, on the first of January 2026. */
    public FakeTicker() {}

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public Instant wall() {
        return START.plusNanos(nanos.get() + suspendedNanos.get());
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before it slept");
        }
        advance(duration);
    }

    /**
     * Moves both clocks on. Timers do not run by it: move a {@link VirtualScheduler} for that.
     *
     * @param duration by how much; not negative
     */
    public void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    /**
     * Moves the wall clock alone, as if the host had been suspended.
     *
     * @param duration by how much
     */
    public void suspend(Duration duration) {
        suspendedNanos.addAndGet(duration.toNanos());
    }
}
