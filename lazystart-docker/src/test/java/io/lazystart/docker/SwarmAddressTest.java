// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lazystart.provider.UnitAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a service is reached whose ports the whole swarm publishes. */
class SwarmAddressTest {
    private static final String WEB = port("tcp", 80, 30_080, "ingress");
    private static final String ADMIN = port("tcp", 81, 30_081, "ingress");

    private final SwarmApi api = new SwarmApi(new Engine(EngineAddress.parse("tcp://10.0.0.5:2375", null), null));

    @Test
    void onePort_isReachedAtTheEngine() throws Exception {
        assertThat(address(null, WEB)).isEqualTo(new UnitAddress("10.0.0.5", 30_080));
        assertThat(address(null, port("udp", 53, 30_053, "ingress"), WEB))
                .isEqualTo(new UnitAddress("10.0.0.5", 30_080));
    }

    @Test
    void onePortInBothModes_isThatOfTheSwarm() throws Exception {
        assertThat(address(null, port("tcp", 80, 40_080, "host"), WEB)).isEqualTo(new UnitAddress("10.0.0.5", 30_080));
    }

    @Test
    void severalPorts_oneHasToBeChosen() throws Exception {
        assertThat(address(81, WEB, ADMIN)).isEqualTo(new UnitAddress("10.0.0.5", 30_081));
        assertThatThrownBy(() -> address(null, ADMIN, WEB))
                .hasMessage("service web: it publishes the ports 80, 81 (expected: one, or port to choose)");
        assertThatThrownBy(() -> address(82, ADMIN, WEB))
                .hasMessage("service web: port: 82 (expected: a target port that it publishes: 80, 81)");
    }

    @Test
    void noPort_isRefused() {
        assertThatThrownBy(() -> address(null))
                .hasMessage("service web: it publishes no port (expected: one, or upstream)");
    }

    private UnitAddress address(Integer port, String... ports) throws Exception {
        String service = "{\"ID\": \"web\", \"Endpoint\": {\"Ports\": [" + String.join(", ", ports) + "]}}";
        SwarmSight seen = new SwarmSight(new SwarmService(new ObjectMapper().readTree(service)), List.of(), Map.of());
        return SwarmAddress.of("web", api, seen, port);
    }

    private static String port(String protocol, int target, int published, String mode) {
        return """
                {"Protocol": "%s", "TargetPort": %d, "PublishedPort": %d, "PublishMode": "%s"}
                """.formatted(protocol, target, published, mode);
    }
}
