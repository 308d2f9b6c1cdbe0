// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.VirtualScheduler;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start times of services that are no more. */
class ForgottenTimesTest {
    private static final Duration A_WHILE = Duration.ofNanos(LearnedTimes.WRITE_AFTER_NANOS);

    @TempDir
    private Path directory;

    private final FakeTicker ticker = new FakeTicker();
    private final VirtualScheduler time = new VirtualScheduler(ticker);

    private LearnedTimes host() {
        return new LearnedTimes(directory, ticker, time, Runnable::run);
    }

    @Test
    void forgotten_thatComesBack_hasTheTimesItHad_andLearnsMore() {
        LearnedTimes host = host();
        host.of("notes").add(100);
        host.of("notes").add(300);

        host.forget("notes");

        assertThat(host.of("notes").recent()).containsExactly(100L, 300L);
        host.of("notes").add(200);
        assertThat(host.of("notes").recent()).containsExactly(100L, 300L, 200L);
    }

    @Test
    void forgottenBeforeItWasWritten_isWrittenAllTheSame() {
        LearnedTimes host = host();
        host.of("notes").add(7);
        host.forget("notes");

        time.advance(A_WHILE);

        assertThat(host().of("notes").median()).isEqualTo(7);
    }

    @Test
    void forgottenAgainAndAgain_onlyThoseThatWentFirstAreLost() {
        LearnedTimes host = host();
        for (int i = 0; i <= 1_000; i++) {
            host.of("notes-" + i).add(i);
            host.forget("notes-" + i);
        }

        assertThat(host.of("notes-0").median()).isEqualTo(-1);
        assertThat(host.of("notes-1").median()).isEqualTo(1);
        assertThat(host.of("notes-1000").median()).isEqualTo(1_000);
    }

    @Test
    void forgottenAgainAfterItCameBack_isNotTheOldest() {
        LearnedTimes host = host();
        host.of("notes").add(7);
        host.forget("notes");
        host.of("notes").add(7);
        for (int i = 0; i < 999; i++) {
            host.of("other-" + i).add(i);
            host.forget("other-" + i);
        }
        host.forget("notes");

        host.of("last").add(1);
        host.forget("last");

        assertThat(host.of("notes").median()).isEqualTo(7);
        assertThat(host.of("other-0").median()).isEqualTo(-1);
    }
}
