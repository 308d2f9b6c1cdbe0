// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lazystart.netty.WarmUp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Warms up without a word in the log: loads before the URL is printed, and goes on beside the first visitors. */
final class Rehearsal {
    private static final Duration GOES_ON = Duration.ofSeconds(2);

    private Rehearsal() {}

    static @Nullable WarmUp begin() {
        if (LoggerFactory.getLogger("io.lazystart") instanceof Logger log) {
            Level level = log.getLevel();
            log.setLevel(Level.ERROR);
            WarmUp begun = WarmUp.begin();
            log.setLevel(level);
            return begun;
        }
        return WarmUp.begin();
    }

    static void goOn(@Nullable WarmUp begun) {
        if (begun == null) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try (begun) {
                        begun.repeat(GOES_ON);
                    }
                },
                "warm-up");
        thread.setDaemon(true);
        thread.start();
    }
}
