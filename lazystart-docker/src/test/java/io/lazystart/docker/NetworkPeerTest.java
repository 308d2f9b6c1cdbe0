// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine by network instead of its socket. */
@RequiresPeer("docker")
class NetworkPeerTest {
    private final Containers containers = new Containers();
    private Forwarder forwarder;
    private Bench bench;

    NetworkPeerTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        forwarder = Forwarder.begin(
                UnixDomainSocketAddress.of(Containers.SOCKET),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        bench = new Bench("tcp://127.0.0.1:" + port());
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
        containers.close();
        forwarder.close();
    }

    @Test
    void container_isStartedWatchedAndStopped() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");

        String run = unit.start();
        containers.awaitUp("a");
        unit.stop(null, Duration.ofSeconds(5));

        assertThat(bench.await(unit, Kind.STARTED, 1).run()).isEqualTo(run);
        assertThat(bench.await(unit, Kind.ENDED, 1).run()).isEqualTo(run);
        assertThat(containers.output("a")).containsExactly("SIGTERM");
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void engineDoesNotAnswer_interrupted_endsAtOnceAndServesOn() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        FutureTask<UnitStatus> call = new FutureTask<>(unit::status);
        Thread caller = new Thread(call, "caller");

        try (Forwarder.Hold hold = forwarder.hold(request -> request.contains("/json"))) {
            caller.start();
            hold.awaitReached();
            caller.interrupt();

            assertThatThrownBy(() -> call.get(2, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
        }
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void engineDoesNotAnswer_closed_leavesNoThread() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        FutureTask<UnitStatus> call = new FutureTask<>(unit::status);

        try (Forwarder.Hold hold = forwarder.hold(request -> request.contains("/json"))) {
            new Thread(call, "caller").start();
            hold.awaitReached();
            bench.provider.close();

            assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            Bench.eventually()
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("lazystart-docker")));
        }
    }

    @Test
    void nobodyListens_isSaidSo() throws Exception {
        String host = "tcp://127.0.0.1:" + freePort();

        try (Bench nobody = new Bench(host)) {
            assertThatThrownBy(() -> nobody.unit("a").status())
                    .isInstanceOf(ProviderException.class)
                    .hasMessage(host + ": Connection refused (expected: a running engine)");
            Bench.eventually().until(() -> nobody.losses.get() == 1);
        }
    }

    @Test
    void socketMissing_isSaidSo() {
        try (Bench nobody = new Bench("unix:///no/such.sock")) {
            assertThatThrownBy(() -> nobody.unit("a").start())
                    .isInstanceOf(ProviderException.class)
                    .hasMessage("/no/such.sock: no such file (expected: a running engine)");
        }
    }

    @Test
    void apiVersion_isSentWhereItIsGiven() throws Exception {
        try (Bench versioned = new Bench(Map.of("host", "tcp://127.0.0.1:" + port(), "api-version", "1.41"))) {
            assertThat(versioned.unit("none").status().state()).isEqualTo(State.STOPPED);
            Bench.eventually()
                    .until(() -> forwarder.requests().stream()
                            .anyMatch(request -> request.startsWith("GET /v1.41/events?")));
        }
        assertThat(forwarder.requests())
                .anyMatch(request -> request.startsWith("GET /v1.41/containers/"))
                .noneMatch(request -> request.startsWith("GET /containers/"));
    }

    private int port() {
        return ((InetSocketAddress) forwarder.address()).getPort();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
