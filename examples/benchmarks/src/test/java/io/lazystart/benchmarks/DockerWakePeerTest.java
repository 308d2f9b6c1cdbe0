// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.RequiresPeer;
import org.junit.jupiter.api.Test;

/** What a container's caller waits beyond the engine, by a host that has served for a while. */
@RequiresPeer("docker")
class DockerWakePeerTest {
    @Test
    void callerWaitsForTheEngine_andLittleMore() throws Exception {
        DockerWake wake = new DockerWake(40, 100);

        DockerWake.Times times = wake.measure();

        assertThat(times.allRight(wake)).isTrue();
        times.report(wake, System.out);
        assertThat(times.beyondStartMillis()).isLessThanOrEqualTo(DockerWake.START_TARGET_MILLIS);
        assertThat(times.beyondUnpauseMillis()).isLessThanOrEqualTo(DockerWake.PAUSE_TARGET_MILLIS);
    }
}
