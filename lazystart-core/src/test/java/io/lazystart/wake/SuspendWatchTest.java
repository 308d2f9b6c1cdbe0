// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A suspend of the host is noticed by either clock, and told once. */
class SuspendWatchTest {
    private static final long LATE = Duration.ofSeconds(6).toNanos();

    private final FakeTicker ticker = new FakeTicker();
    private final SuspendWatch watch = new SuspendWatch(ticker);

    @Test
    void wallClockRanAhead_isToldOnce() {
        ticker.suspend(Duration.ofMinutes(1));

        assertThat(watch.suspended(0)).isTrue();
        assertThat(watch.suspended(0)).isFalse();
    }

    @Test
    void clocksAgreeWithinFiveSeconds_isNoSuspend() {
        ticker.suspend(Duration.ofSeconds(5));
        ticker.advance(Duration.ofHours(1));

        assertThat(watch.suspended(0)).isFalse();
    }

    @Test
    void manyTimersLateByOneSuspend_areToldOnce() {
        ticker.advance(Duration.ofSeconds(10));

        assertThat(watch.suspended(LATE)).isTrue();
        ticker.advance(Duration.ofSeconds(1));
        assertThat(watch.suspended(LATE)).isFalse();
    }

    @Test
    void timerDueAfterTheReportAndLateAgain_isAnotherSuspend() {
        ticker.advance(Duration.ofSeconds(10));
        assertThat(watch.suspended(LATE)).isTrue();

        ticker.advance(Duration.ofSeconds(10));

        assertThat(watch.suspended(LATE)).isTrue();
    }
}
