// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.RequiresPeer;
import org.junit.jupiter.api.Test;

/**
 * What a container's caller waits beyond the engine, by a host that has served for a while. The targets are those of the
 * medians, which are printed; the lower quartiles are held to them, as the machine may be at something else meanwhile.
 */
@RequiresPeer("docker")
class DockerWakePeerTest {
    private static final double LOWER_QUARTILE = 25;

    @Test
    void callerWaitsForTheEngine_andLittleMore() throws Exception {
        DockerWake wake = new DockerWake(40, 100);

        DockerWake.Times times = wake.measure();

        assertThat(times.allRight(wake)).isTrue();
        times.report(wake, System.out);
        assertThat(times.beyondStartMillis(LOWER_QUARTILE)).isLessThanOrEqualTo(DockerWake.START_TARGET_MILLIS);
        assertThat(times.beyondUnpauseMillis(LOWER_QUARTILE)).isLessThanOrEqualTo(DockerWake.PAUSE_TARGET_MILLIS);
    }
}
