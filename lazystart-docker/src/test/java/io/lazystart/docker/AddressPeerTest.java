// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.testkit.RequiresPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@RequiresPeer("docker")
class AddressPeerTest {
    private static final String SERVER = "exec httpd -f -p 8080 -h /www";

    private final Containers containers = new Containers();
    private final Bench bench = Bench.direct();

    AddressPeerTest() throws Exception {}

    @AfterEach
    void close() {
        bench.close();
        containers.close();
    }

    @Test
    void published_onLoopback_isReached() throws Exception {
        UnitAddress address = address(Map.of(), command -> publish(command, "127.0.0.1"));

        assertThat(address.host()).isEqualTo("127.0.0.1");
        assertReached(address);
    }

    @Test
    void published_everywhere_isReachedByLoopback() throws Exception {
        UnitAddress address = address(Map.of(), command -> publish(command, "0.0.0.0"));

        assertThat(address.host()).isEqualTo("127.0.0.1");
        assertReached(address);
    }

    @Test
    void published_anotherPortByItself_isAskedAgainAfterEachStart() throws Exception {
        containers.create("a", SERVER, command -> publish(command, "127.0.0.1"));
        Unit unit = bench.unit("a");
        unit.start();
        UnitAddress first = unit.address();
        unit.kill();

        assertThat(unit.address()).isNull();
        unit.start();

        assertReached(unit.address());
        assertThat(first).isNotNull();
    }

    @Test
    void notPublished_isReachedInItsNetwork() throws Exception {
        UnitAddress address = address(Map.of(), this::bridged);

        assertThat(address.host()).doesNotStartWith("127.");
        assertThat(address.port()).isEqualTo(8080);
        assertReached(address);
    }

    @Test
    void network_chosen_comesBeforeAPublishedPort() throws Exception {
        UnitAddress address =
                address(Map.of("network", containers.network()), command -> publish(command, "127.0.0.1"));

        assertThat(address.port()).isEqualTo(8080);
        assertReached(address);
    }

    @Test
    void network_itIsNotIn_isRefused() {
        assertThatThrownBy(() -> address(Map.of("network", "backend"), this::bridged))
                .isInstanceOf(ProviderException.class)
                .hasMessage(subject() + ": network: backend (expected: one it is connected to: " + containers.network()
                        + ")");
    }

    @Test
    void hostNetwork_isLoopback() throws Exception {
        UnitAddress address = address(Map.of(), command -> command);

        assertThat(address).isEqualTo(new UnitAddress("127.0.0.1", 8080));
    }

    @Test
    void severalExposed_noneNamed_areListed() {
        assertThatThrownBy(() -> address(Map.of(), AddressPeerTest::two))
                .isInstanceOf(ProviderException.class)
                .hasMessage(subject() + ": it exposes the ports 8080, 9090 (expected: one; or port or the label"
                        + " lazystart.port to choose)");
    }

    @Test
    void severalExposed_settingOrLabelChooses() throws Exception {
        assertThat(address(Map.of("port", 9090), AddressPeerTest::two).port()).isEqualTo(9090);
        assertThat(address(Map.of(), command -> labelled(two(command), "9090")).port())
                .isEqualTo(9090);
        assertThat(address(Map.of("port", 8080), command -> labelled(two(command), "9090"))
                        .port())
                .isEqualTo(8080);
    }

    @Test
    void label_noPort_isRefused() {
        assertThatThrownBy(() -> address(Map.of(), command -> labelled(two(command), "http")))
                .hasMessage(subject() + ": label lazystart.port: http (expected: a port from 1 to 65535)");
    }

    @Test
    void noneExposed_isRefused_unlessOneIsNamed() throws Exception {
        assertThatThrownBy(() -> address(Map.of(), AddressPeerTest::nothing))
                .isInstanceOf(ProviderException.class)
                .hasMessage(subject()
                        + ": it exposes no port (expected: one; or port, the label lazystart.port, or upstream)");
        assertThat(address(Map.of("port", 8080), AddressPeerTest::nothing).port())
                .isEqualTo(8080);
    }

    @Test
    void noNetwork_isRefused() {
        assertThatThrownBy(() -> address(
                        Map.of(),
                        command -> command.withHostConfig(
                                HostConfig.newHostConfig().withNetworkMode("none"))))
                .hasMessageContaining("it has no address of its own, and its port 8080 is not published");
    }

    @Test
    void portZero_servesNothing() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a", Map.of("port", 0));
        unit.start();

        assertThat(unit.listens()).isFalse();
        assertThat(unit.address()).isNull();
        assertThat(bench.unit("a").listens()).isTrue();
    }

    private UnitAddress address(Map<String, Object> settings, UnaryOperator<CreateContainerCmd> container)
            throws Exception {
        containers.create("a", SERVER, container);
        Unit unit = bench.unit("a", settings);
        unit.start();
        return unit.address();
    }

    private CreateContainerCmd publish(CreateContainerCmd command, String ip) {
        return command.withHostConfig(HostConfig.newHostConfig()
                .withNetworkMode(containers.network())
                .withPortBindings(new PortBinding(Binding.bindIp(ip), ExposedPort.tcp(8080))));
    }

    private CreateContainerCmd bridged(CreateContainerCmd command) {
        return command.withHostConfig(HostConfig.newHostConfig().withNetworkMode(containers.network()));
    }

    private static CreateContainerCmd two(CreateContainerCmd command) {
        return command.withExposedPorts(ExposedPort.tcp(9090), ExposedPort.tcp(8080), ExposedPort.udp(53));
    }

    private static CreateContainerCmd nothing(CreateContainerCmd command) {
        return command.withExposedPorts(List.of());
    }

    private static CreateContainerCmd labelled(CreateContainerCmd command, String port) {
        return command.withLabels(Map.of(Containers.LABEL, "true", "lazystart.port", port));
    }

    private static String subject() {
        return "container " + Containers.name("a");
    }

    private static void assertReached(UnitAddress address) {
        Bench.eventually().untilAsserted(() -> connect(address));
    }

    private static void connect(UnitAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), 1000);
            assertThat(socket.isConnected()).isTrue();
        }
    }
}
