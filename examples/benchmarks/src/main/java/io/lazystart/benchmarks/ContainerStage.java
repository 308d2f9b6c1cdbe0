// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.LazyStart;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.event.WakeEvent;
import io.lazystart.netty.Destination;
import io.lazystart.netty.NettyServer;
import io.lazystart.netty.WarmUp;
import io.lazystart.watch.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A Netty server in front of a container that stops and one that pauses. Both are web servers in the host's network, so that
 * a connection that is accepted was accepted by the server and not by a proxy of the engine.
 */
final class ContainerStage implements AutoCloseable {
    static final String STOPS = "stops";
    static final String PAUSES = "pauses";

    /** Two more that lazystart knows nothing of, for the engine alone. */
    static final String BARE_STOPS = "bare-stops";

    static final String BARE_PAUSES = "bare-pauses";

    static final String TARGET = "/page";

    private static final String IMAGE = "lazystart/benchmark:test";
    private static final String IMPORT = """
            set -e
            mkdir -p "$1/bin" "$1/www"
            cp "$(command -v busybox)" "$1/bin/busybox"
            for command in sh httpd; do ln -sf busybox "$1/bin/$command"; done
            printf %s > "$1/www%s"
            tar -C "$1" -c . | docker import - %s
            rm -r "$1"
            """.formatted(TARGET, TARGET, IMAGE);

    private final Map<String, Integer> ports;
    private final LazyStart lazyStart;
    private final NettyServer server;
    private final EngineRelay engine;
    private final Semaphore naps = new Semaphore(0);
    private final String prefix;

    private ContainerStage(
            String prefix, Map<String, Integer> ports, LazyStart lazyStart, NettyServer server, EngineRelay engine) {
        this.prefix = prefix;
        this.ports = ports;
        this.lazyStart = lazyStart;
        this.server = server;
        this.engine = engine;
        List.of(STOPS, PAUSES).forEach(name -> lazyStart.watcher(name).subscribe(this::heard, Runnable::run));
    }

    static ContainerStage open() throws IOException, InterruptedException {
        WarmUp.run(Duration.ofSeconds(2)); // as the gateway does
        Path image = Files.createTempDirectory("lazystart-image");
        command("sh", "-c", IMPORT, "sh", image.toString());
        String prefix = "lazystart-benchmark-" + ProcessHandle.current().pid() + "-";
        Map<String, Integer> ports =
                Map.of(STOPS, freePort(), PAUSES, freePort(), BARE_STOPS, freePort(), BARE_PAUSES, freePort());
        for (Map.Entry<String, Integer> entry : ports.entrySet()) {
            create(prefix + entry.getKey(), entry.getValue());
        }
        Path state = Files.createTempDirectory("lazystart-benchmarks-");
        EngineRelay engine = EngineRelay.open(EngineSocket.PATH, state.resolve("engine.sock"));
        LazyStart lazyStart = LazyStart.builder()
                .stateDirectory(state)
                .connection("docker", "docker", Map.of("host", "unix://" + state.resolve("engine.sock")))
                .service(
                        STOPS,
                        service -> service.unit("docker", Map.of("container", prefix + STOPS))
                                .upstream("http://127.0.0.1:" + ports.get(STOPS))
                                .idleTimeout(ServiceConfig.NEVER)
                                .stop(stop(StopConfig.Method.KILL)))
                .service(
                        PAUSES,
                        service -> service.unit("docker", Map.of("container", prefix + PAUSES))
                                .upstream("http://127.0.0.1:" + ports.get(PAUSES))
                                .idleTimeout(ServiceConfig.NEVER)
                                .stop(stop(StopConfig.Method.PAUSE)))
                .build();
        NettyServer server = NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .gates(request -> {
                    String name = "pauses.localhost".equals(request.header("host")) ? PAUSES : STOPS;
                    return new Destination(lazyStart.gate(name), lazyStart.watcher(name), request.target());
                })
                .start();
        return new ContainerStage(prefix, ports, lazyStart, server, engine);
    }

    private static StopConfig stop(StopConfig.Method method) {
        return new StopConfig(method, null, Duration.ofSeconds(10), Duration.ZERO);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void create(String name, int port) throws IOException, InterruptedException {
        command(
                "docker",
                "create",
                "--name",
                name,
                "--label",
                "lazystart.test=true",
                "--network",
                "host",
                IMAGE,
                "/bin/httpd",
                "-f",
                "-p",
                "127.0.0.1:" + port,
                "-h",
                "/www");
    }

    private void heard(WakeEvent event) {
        if (!event.snapshot() && event.type() == WakeEvent.Type.NAPPING) {
            naps.release();
        }
    }

    /** Before the engine that lazystart asks. */
    EngineRelay engine() {
        return engine;
    }

    /** The path of a container's calls in the engine's language. */
    String path(String name, String verb) {
        return "/containers/" + prefix + name + "/" + verb;
    }

    InetSocketAddress container(String name) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getOrDefault(name, 0));
    }

    InetSocketAddress address() {
        return server.address();
    }

    void sleep(String name) throws InterruptedException {
        Watcher watcher = lazyStart.watcher(name);
        naps.drainPermits();
        watcher.sleepNow();
        if (!naps.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the container did not fall asleep: " + watcher.snapshot());
        }
    }

    private static void command(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }

    @Override
    public void close() throws IOException {
        server.close(Duration.ZERO);
        lazyStart.close();
        engine.close();
        try {
            List<String> words = new ArrayList<>(List.of("docker", "rm", "-f"));
            ports.keySet().forEach(name -> words.add(prefix + name));
            command(words.toArray(String[]::new));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(
                    "interrupted: containers are left behind: " + prefix + STOPS + ", " + prefix + PAUSES, e);
        }
    }
}
