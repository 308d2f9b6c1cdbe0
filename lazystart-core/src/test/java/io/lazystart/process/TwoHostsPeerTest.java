// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lazystart.LazyStart;
import io.lazystart.event.Cause;
import io.lazystart.failure.WakeException;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever listens at a unit's port is the unit: other hosts and programs may want the same ports. */
@RequiresPeer("setsid")
class TwoHostsPeerTest {
    private static final PortRange RANGE = new PortRange(23_500, 23_519);
    private static final String WAIT = "while [ ! -e go ]; do sleep 0.01; done; exec ";

    @TempDir
    private Path folder;

    @Test
    void twoHostsOfOneRange_unitsListenLate_eachServesItsOwn() throws Exception {
        try (LazyStart one = host("one", WAIT + listen("127.0.0.1", "one"), Duration.ofMinutes(1));
                LazyStart two = host("two", WAIT + listen("127.0.0.1", "two"), Duration.ofMinutes(1))) {
            CompletableFuture<Lease> first = wake(one);
            CompletableFuture<Lease> second = wake(two);
            Files.createFile(folder.resolve("go"));

            assertThat(served(first)).isEqualTo("one");
            assertThat(served(second)).isEqualTo("two");
        }
    }

    @Test
    void anotherProgramListensAtTheUnitsPort_callerIsToldAndNotServed() throws Exception {
        try (Stranger stranger = new Stranger();
                LazyStart host = host("one", "echo {port} > port; sleep 300", Duration.ofSeconds(2))) {
            CompletableFuture<Lease> caller = wake(host);
            int port = stranger.listenAt(Bench.text(folder, "port"));

            assertThatThrownBy(() -> caller.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(WakeException.class)
                    .hasMessageContaining("port " + port + " is served by process "
                            + ProcessHandle.current().pid() + " (java), which is none of this service's");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1"})
    void unitListensItself_isNoStranger(String address) throws Exception {
        try (Bench bench = new Bench(folder)) {
            Unit unit = bench.script("app", "exec " + listen(address, "app"));

            assertThat(askWhenServed(unit)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s & wait", // a child
                "sh -c '%s & wait' & wait", // a grandchild
                "(setsid %s &); sleep 300" // a daemon
            })
    void processOfTheUnitListens_isNoStranger(String script) throws Exception {
        try (Bench bench = new Bench(folder)) {
            Unit unit = bench.script("app", String.format(script, listen("127.0.0.1", "app")));

            assertThat(askWhenServed(unit)).isNull();
        }
    }

    @Test
    void adoptedUnitListens_isNoStranger() throws Exception {
        String script = "exec " + listen("127.0.0.1", "app");
        Bench first = new Bench(folder);
        askWhenServed(first.script("app", script));
        first.leave();

        try (Bench next = new Bench(folder)) {
            assertThat(askWhenServed(next.script("app", script))).isNull();
        }
    }

    @Test
    void strangerListens_isNamed_andNobodyAgainWhenItIsGone() throws Exception {
        try (Bench bench = new Bench(folder)) {
            Unit unit = bench.script("app", "echo {port}; sleep 300");
            unit.start();
            UnitAddress address = unit.address();
            String told = "port " + address.port() + " is served by process "
                    + ProcessHandle.current().pid() + " (java), which is none of this service's";
            try (ServerSocket stranger = new ServerSocket(address.port())) {
                assertThat(stranger.isBound()).isTrue();
                assertThat(unit.strangerAt(address)).isEqualTo(told);
                assertThat(unit.strangerAt(address)).isEqualTo(told);
            }

            assertThat(unit.strangerAt(address)).isNull();
        }
    }

    @Test
    void strangerListensAndAnyIsAllowed_isNotNamed() throws Exception {
        try (Bench bench = new Bench(folder)) {
            Unit unit = bench.unit(
                    "app", Map.of("command", List.of("sh", "-c", "echo {port}; sleep 300"), "listener", "any"));
            unit.start();
            UnitAddress address = unit.address();
            try (ServerSocket stranger = new ServerSocket(address.port())) {
                assertThat(stranger.isBound()).isTrue();
                assertThat(unit.strangerAt(address)).isNull();
            }
        }
    }

    @Test
    void withoutProcFs_nobodyCanTell() throws Exception {
        try (Bench portable = new Bench(folder, RANGE, new HandleTable())) {
            Unit unit = portable.script("app", "echo {port}; sleep 300");
            unit.start();
            UnitAddress address = unit.address();
            try (ServerSocket stranger = new ServerSocket(address.port())) {
                assertThat(stranger.isBound()).isTrue();
                assertThat(unit.strangerAt(address)).isNull();
            }
        }
    }

    private LazyStart host(String name, String script, Duration patience) {
        return LazyStart.builder()
                .stateDirectory(folder.resolve("state-" + name))
                .portRange(RANGE)
                .service(
                        "app",
                        service -> service.unit(
                                        "process",
                                        Map.of("command", List.of("sh", "-c", script), "directory", folder.toString()))
                                .wakeTimeout(patience))
                .build();
    }

    private static CompletableFuture<Lease> wake(LazyStart host) {
        return host.watcher("app")
                .acquire(WakeRequest.of(Cause.request("test")))
                .toCompletableFuture();
    }

    private static String served(CompletableFuture<Lease> caller) throws Exception {
        try (Lease lease = caller.get(30, TimeUnit.SECONDS)) {
            URI upstream = lease.upstream();
            return line(upstream.getHost(), upstream.getPort());
        }
    }

    private static @Nullable String askWhenServed(Unit unit) throws Exception {
        unit.start();
        UnitAddress address = unit.address();
        await().atMost(Bench.PATIENCE)
                .ignoreExceptions()
                .until(() -> line(address.host(), address.port()).equals("app"));
        return unit.strangerAt(address);
    }

    private static String line(String host, int port) throws IOException {
        try (Socket socket = new Socket(host, port);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            return in.readLine();
        }
    }

    private static String listen(String address, String name) {
        return Path.of(System.getProperty("java.home"), "bin", "java") + " -Xshare:auto -XX:TieredStopAtLevel=1 -cp '"
                + System.getProperty("java.class.path") + "' " + ListenMain.class.getName() + " " + address
                + " {port} " + name;
    }

    /** A server of the test's own JVM, which is no process of any unit. The system takes in all who connect. */
    private static final class Stranger implements AutoCloseable {
        private ServerSocket socket;

        int listenAt(String port) throws IOException {
            socket = new ServerSocket(Integer.parseInt(port), 4096, InetAddress.getLoopbackAddress());
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
