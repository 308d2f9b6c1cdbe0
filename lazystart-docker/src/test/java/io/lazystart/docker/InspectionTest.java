// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.core.DockerClientConfig;
import io.lazystart.provider.UnitStatus.State;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What the engine's words for a container's state mean, as far as a test cannot bring an engine to say them. */
class InspectionTest {
    private static final String RUN = "2026-01-01T00:00:00Z";

    @Test
    void dead_isOver_andHadARun() throws Exception {
        Inspection dead = inspection("""
                "Status": "dead", "Running": false, "Dead": true, "ExitCode": 137, "StartedAt": "%s"
                """.formatted(RUN));

        assertThat(dead.state()).isEqualTo(State.STOPPED);
        assertThat(dead.isOver()).isTrue();
        assertThat(dead.run()).isEqualTo("4f2a31b0c9d1@" + RUN);
        assertThat(dead.exitCode()).isEqualTo(137);
    }

    @Test
    void removing_isOver() throws Exception {
        Inspection removing = inspection("""
                "Status": "removing", "Running": false, "Dead": false, "ExitCode": 0, "StartedAt": "%s"
                """.formatted(RUN));

        assertThat(removing.state()).isEqualTo(State.STOPPED);
        assertThat(removing.isOver()).isTrue();
        assertThat(removing.run()).isEqualTo("4f2a31b0c9d1@" + RUN);
    }

    @Test
    void removing_whileItsProcessIsBeingKilled_runsYet() throws Exception {
        Inspection removing = inspection("""
                "Status": "removing", "Running": true, "Dead": false, "StartedAt": "%s"
                """.formatted(RUN));

        assertThat(removing.state()).isEqualTo(State.RUNNING);
        assertThat(removing.isOver()).isFalse();
    }

    private static Inspection inspection(String state) throws JsonProcessingException {
        DockerClientConfig config = new ClientConfig(URI.create("unix:///not/used.sock"), null);
        return new Inspection(config.getObjectMapper()
                .readValue(
                        "{\"Id\": \"4f2a31b0c9d1aa\", \"Name\": \"/notes\", \"State\": {" + state + "}}",
                        InspectContainerResponse.class));
    }
}
