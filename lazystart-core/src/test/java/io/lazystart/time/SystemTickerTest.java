// SPDX-License-Identifier: Apache-2.0
package io.lazystart.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SystemTickerTest {
    private static final Duration SHORT = Duration.ofNanos(100_000);

    private final Ticker ticker = Ticker.system();

    private long slept() {
        long began = ticker.nanos();
        try {
            ticker.sleep(SHORT);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return ticker.nanos() - began;
    }

    @Test
    void sleep_partOfAMillisecond_isNotMadeAWholeOne() {
        long[] slept = LongStream.generate(this::slept).limit(100).sorted().toArray();

        assertThat(slept[0]).isBetween(SHORT.toNanos(), 999_999L);
    }

    @Test
    void sleep_interrupted_endsAtOnce() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> ticker.sleep(Duration.ofHours(1))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void sleep_noTime_returnsAtOnce() throws Exception {
        ticker.sleep(Duration.ZERO);
        ticker.sleep(Duration.ofHours(-1));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
