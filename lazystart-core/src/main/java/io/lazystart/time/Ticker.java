// SPDX-License-Identifier: Apache-2.0
package io.lazystart.time;

import java.time.Duration;
import java.time.Instant;

/** The only source of time. Thread-safe. */
public interface Ticker {

    /**
     * Reads the monotonic clock.
     *
     * @return nanoseconds since an arbitrary origin; compare by subtraction only
     */
    long nanos();

    /**
     * Reads the wall clock. Used for stamps of events and to notice that the host was suspended, never for deadlines.
     *
     * @return the current time
     */
    Instant wall();

    /**
     * Blocks the calling thread. For what blocks anyway: providers whose verbs must wait, and probes.
     *
     * @param duration how long; zero or negative returns at once
     * @throws InterruptedException if the thread is interrupted before or while it sleeps
     */
    void sleep(Duration duration) throws InterruptedException;

    /**
     * The clock of the machine.
     *
     * @return a ticker over {@link System#nanoTime()} and {@link Instant#now()}
     */
    static Ticker system() {
        return SystemTicker.INSTANCE;
    }
}
