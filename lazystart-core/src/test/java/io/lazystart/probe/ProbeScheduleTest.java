// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeScheduleTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT0.001S",
        "PT0.128S, PT0.001S",
        "PT0.256S, PT0.002S",
        "PT12.8S, PT0.1S",
        "PT32S, PT0.25S",
        "PT1H, PT0.25S"
    })
    void interval_growsWithTheTimeSinceTheStart(Duration elapsed, Duration interval) {
        assertThat(ProbeSchedule.intervalNanos(elapsed.toNanos())).isEqualTo(interval.toNanos());
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT0.001S",
        "PT0.256S, PT0.001S",
        "PT0.511S, PT0.001S",
        "PT2.56S, PT0.01S",
        "PT5.12S, PT0.02S",
        "PT1H, PT0.02S"
    })
    void linger_growsWithTheTimeSinceTheStart(Duration elapsed, Duration linger) {
        assertThat(ProbeSchedule.lingerNanos(elapsed.toNanos())).isEqualTo(linger.toNanos());
    }
}
