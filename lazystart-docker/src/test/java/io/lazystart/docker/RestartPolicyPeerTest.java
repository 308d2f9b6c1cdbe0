// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import io.lazystart.provider.Unit;
import io.lazystart.testkit.RequiresPeer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which restart policies somebody should hear about. */
@RequiresPeer("docker")
class RestartPolicyPeerTest {
    private final Containers containers = new Containers();
    private final Bench bench = Bench.direct();
    private final Warnings warnings = Warnings.of(Container.class);

    RestartPolicyPeerTest() throws Exception {}

    @AfterEach
    void close() {
        warnings.close();
        bench.close();
        containers.close();
    }

    @Test
    void always_isWarnedAboutOnceForEachContainer() throws Exception {
        create(RestartPolicy.alwaysRestart());
        Unit unit = bench.unit("a");

        unit.status();
        unit.start();
        unit.kill();

        String warning = "container " + Containers.name("a") + ": restart policy: always (expected: unless-stopped, "
                + "on-failure or no, as the engine undoes a stop of this one when it starts again itself)";
        assertThat(warned()).containsExactly(warning);

        create(RestartPolicy.alwaysRestart());
        unit.status();
        unit.status();
        assertThat(warned()).containsExactly(warning, warning);
    }

    @Test
    void otherPolicies_areFine() throws Exception {
        Unit unit = bench.unit("a");
        List<RestartPolicy> policies = List.of(
                RestartPolicy.noRestart(), RestartPolicy.unlessStoppedRestart(), RestartPolicy.onFailureRestart(3));

        for (RestartPolicy policy : policies) {
            create(policy);
            unit.status();
        }

        assertThat(warned()).isEmpty();
    }

    private void create(RestartPolicy policy) {
        HostConfig host = HostConfig.newHostConfig().withNetworkMode("host").withRestartPolicy(policy);
        containers.create("a", Containers.POLITE, command -> command.withHostConfig(host));
    }

    private List<String> warned() {
        return warnings.about(Containers.name("a"));
    }
}
