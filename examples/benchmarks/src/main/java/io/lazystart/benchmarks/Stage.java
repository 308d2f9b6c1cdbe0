// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.LazyStart;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.netty.Destination;
import io.lazystart.netty.NettyServer;
import io.lazystart.netty.WarmUp;
import io.lazystart.watch.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A Netty server in front of one sleeping {@link Backend}. Ended with its process, and by {@link #close()} before. */
final class Stage implements AutoCloseable {
    private static final String NAME = "backend";
    private static final Duration WARM_UP = Duration.ofSeconds(2); // as the gateway does
    private static final long NAP_SECONDS = 30;

    private final Path directory;
    private final LazyStart lazyStart;
    private final NettyServer server;
    private final Semaphore naps = new Semaphore(0);
    private final Subscription subscription;
    private final Thread atExit = new Thread(this::end, "benchmarks-end");
    private final AtomicBoolean ended = new AtomicBoolean();

    private Stage(Path directory, LazyStart lazyStart, NettyServer server) {
        this.directory = directory;
        this.lazyStart = lazyStart;
        this.server = server;
        this.subscription = lazyStart.watcher(NAME).subscribe(this::heard, Runnable::run);
    }

    /** Opens a stage whose backend sleeps. */
    static Stage open(ReadyConfig ready) throws IOException {
        WarmUp.run(WARM_UP);
        Path directory = Files.createTempDirectory("lazystart-benchmarks-");
        LazyStart lazyStart = LazyStart.builder()
                .stateDirectory(directory.resolve("state"))
                .service(NAME, service -> describe(service, ready, runs(directory)))
                .build();
        try {
            Stage stage = new Stage(directory, lazyStart, listen(lazyStart));
            Runtime.getRuntime().addShutdownHook(stage.atExit);
            return stage;
        } catch (IOException | RuntimeException e) {
            lazyStart.close();
            delete(directory);
            throw e;
        }
    }

    private static void describe(ServiceConfigBuilder service, ReadyConfig ready, Path runs) {
        service.process(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-Xshare:auto",
                        "-Xmx64m",
                        "-Xss256k",
                        "-cp",
                        classes(),
                        Backend.class.getName(),
                        "{port}",
                        runs.toString())
                .ready(ready)
                .idleTimeout(ServiceConfig.NEVER);
    }

    /** The jar or the folder that this program runs from. */
    private static String classes() {
        try {
            return Path.of(Backend.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException("a class path entry is no path", impossible);
        }
    }

    private static NettyServer listen(LazyStart lazyStart) throws IOException {
        return NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .gates(request -> new Destination(lazyStart.gate(NAME), lazyStart.watcher(NAME), request.target()))
                .start();
    }

    private static Path runs(Path directory) {
        return directory.resolve("runs");
    }

    private void heard(WakeEvent event) {
        if (event.type() == WakeEvent.Type.NAPPING && !event.snapshot()) {
            naps.release();
        }
    }

    InetSocketAddress address() {
        return server.address();
    }

    /** What the backend wrote down, one line for each of its starts. */
    List<BackendRun> runs() throws IOException {
        return BackendRun.read(runs(directory));
    }

    /** Puts the backend to sleep and waits until it does. */
    void sleep() throws InterruptedException {
        Watcher watcher = lazyStart.watcher(NAME);
        naps.drainPermits();
        watcher.sleepNow();
        if (!naps.tryAcquire(NAP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the backend did not fall asleep: " + watcher.snapshot());
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // then it has been run, or is running
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            subscription.close();
            server.close(Duration.ZERO);
            lazyStart.close();
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            System.err.println("benchmarks: left behind: " + directory + " (" + left.getMessage() + ")");
        }
    }
}
