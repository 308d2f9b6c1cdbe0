// SPDX-License-Identifier: Apache-2.0
package io.lazystart.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The clock of the machine. */
enum SystemTicker implements Ticker {
    INSTANCE;

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant wall() {
        return Instant.now();
    }

    /** Parts of a millisecond count too, which {@link Thread#sleep(long, int)} rounds up before Java 21. */
    @Override
    public void sleep(Duration duration) throws InterruptedException {
        long nanos = duration.toNanos();
        long began = nanos();
        for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted(); left = nanos - (nanos() - began)) {
            LockSupport.parkNanos(left);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("while sleeping");
        }
    }
}
