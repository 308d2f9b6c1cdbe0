// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.demo.DemoApp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A gateway in a process of its own, as a user starts it. */
final class GatewayProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CompletableFuture<URI> url = new CompletableFuture<>();
    private final Thread reader;

    private GatewayProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "gateway-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a gateway; output and errors are read together. */
    static GatewayProcess start(Path state, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", // as the manifest of gateway.jar says
                "-Dlogback.configurationFile=logback.xml", // the gateway's own, not that of tests
                "-cp",
                System.getProperty("java.class.path"),
                "io.lazystart.gateway.Gateway"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_STATE_HOME", state.toString());
        builder.environment().keySet().removeAll(List.of("LAZYSTART_CONFIG", "LAZYSTART_LISTEN", "LAZYSTART_LOG"));
        try {
            return new GatewayProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command of the demo application, as words of a YAML list. */
    static String demo(int bootMillis) throws URISyntaxException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path demo = Path.of(DemoApp.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return "'" + java + "', -cp, '" + demo + "', io.lazystart.demo.DemoApp, '--port={port}', '--boot-ms="
                + bootMillis + "'";
    }

    /** Waits until the URL is printed. */
    URI url() throws Exception {
        return url.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Asks it to end, as a service manager does. */
    void sigterm() {
        process.toHandle().destroy(); // Process.destroy() would close the streams that are still read
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + PATIENCE_SECONDS + " s: " + lines);
        }
        reader.join();
        return process.exitValue();
    }

    List<String> lines() {
        return lines;
    }

    private void read() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
                if (line.startsWith("open ")) {
                    url.complete(URI.create(line.substring("open ".length())));
                }
            }
        } catch (IOException ended) {
            lines.add(ended.toString());
        }
        url.completeExceptionally(new AssertionError("ended: " + lines));
    }

    @Override
    public void close() throws InterruptedException {
        sigterm();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
