// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a rehearsal passes on is a right answer each time, or it ends there. */
class WarmUpTest {
    /** Sees that every buffer was released. */
    @RegisterExtension
    final FrontDoor door = new FrontDoor();

    @Test
    void begun_goesOnForAsLongAsAsked() {
        try (WarmUp warmUp = WarmUp.begin()) {
            assertThat(warmUp).isNotNull();
            assertThat(warmUp.repeat(Duration.ZERO)).isZero();
            assertThat(warmUp.repeat(Duration.ofMillis(200))).isPositive();
        }
    }

    @Test
    void closed_passesNothingOn() {
        WarmUp warmUp = WarmUp.begin();
        assertThat(warmUp).isNotNull();
        warmUp.close();

        assertThat(warmUp.repeat(Duration.ofMillis(200))).isZero();
    }
}
