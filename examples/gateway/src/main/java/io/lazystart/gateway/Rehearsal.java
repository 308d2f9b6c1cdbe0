// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lazystart.netty.WarmUp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Warms up without a word in the log: loads before the URL is printed, and goes on beside the first visitors. */
final class Rehearsal implements AutoCloseable {
    private static final Duration GOES_ON = Duration.ofSeconds(2);

    private final @Nullable WarmUp warmUp;

    private Rehearsal(@Nullable WarmUp warmUp) {
        this.warmUp = warmUp;
    }

    static Rehearsal begin() {
        return new Rehearsal(silently());
    }

    private static @Nullable WarmUp silently() {
        if (!(LoggerFactory.getLogger("io.lazystart") instanceof Logger log)) {
            return WarmUp.begin();
        }
        Level level = log.getLevel();
        log.setLevel(Level.ERROR);
        try {
            return WarmUp.begin();
        } finally {
            log.setLevel(level);
        }
    }

    /** Goes on for a while on a thread of its own, and closes. */
    void goOn() {
        Thread thread = new Thread(this::repeat, "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private void repeat() {
        try (Rehearsal over = this) {
            if (over.warmUp != null) {
                over.warmUp.repeat(GOES_ON);
            }
        }
    }

    /** Ends a rehearsal that does not go on. */
    @Override
    public void close() {
        if (warmUp != null) {
            warmUp.close();
        }
    }
}
