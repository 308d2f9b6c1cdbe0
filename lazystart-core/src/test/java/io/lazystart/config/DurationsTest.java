// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "250ms, PT0.25S",
        "10s, PT10S",
        "15m, PT15M",
        "2h, PT2H",
        "1d, PT24H",
        "PT1H30M, PT1H30M",
        "pt5s, PT5S",
        "P1D, PT24H"
    })
    void parse_text_givesDuration(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"99999999999999999999s", "9223372036854775807d", "200000000000000000m", "99999999999999999999ms"
            })
    void parse_tooLong_saturates(String text) {
        assertThat(Durations.parse(text)).isEqualTo(ServiceConfig.NEVER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "10", "s", "-10s", "1.5h", "10 s", "10sec", "1h30m", "PT", "-PT5S", "PT-5S", "never", "10S", "١٠s"
            })
    void parse_noDuration_isRefusedWithExample(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessage("duration: " + text + " (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M)");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.25S, 250ms",
        "PT90S, 90s",
        "PT15M, 15m",
        "PT90M, 90m",
        "PT48H, 48h",
        "PT0.0000005S, PT0.0000005S"
    })
    void format_duration_isShortest(Duration duration, String expected) {
        assertThat(Durations.format(duration)).isEqualTo(expected);
    }

    @Test
    void format_never_isNever() {
        assertThat(Durations.format(ServiceConfig.NEVER)).isEqualTo("never");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 999, 1_000, 59_999, 60_000, 3_600_000, 86_400_001})
    void format_millis_isReadBack(long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
    }
}
