// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A gateway that has just been started, with its embedded application and a state directory of its own. */
final class GatewayRun implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Process process;
    private final Path state;
    private final URI url;

    private GatewayRun(Process process, Path state, URI url) {
        this.process = process;
        this.state = state;
        this.url = url;
    }

    /** Returns when the URL is printed. */
    static GatewayRun start(Path jar) throws IOException, InterruptedException {
        Path state = Files.createTempDirectory("lazystart-first-page-");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        jar.toString(),
                        "--listen",
                        "127.0.0.1:0")
                .redirectErrorStream(true);
        builder.environment().put("XDG_STATE_HOME", state.toString());
        builder.environment().remove("LAZYSTART_CONFIG");
        Process process = builder.start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("open ")) {
                return new GatewayRun(process, state, URI.create(line.substring("open ".length())));
            }
        }
        process.waitFor();
        throw new IOException("gateway: ended with " + process.exitValue() + " (expected: a URL)");
    }

    /** From the connect to the last byte, by a bare socket; NaN for anything but the page. */
    double pageMillis() throws IOException {
        long began = System.nanoTime();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String page = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            double millis = (System.nanoTime() - began) / 1e6;
            return page.startsWith("HTTP/1.1 503 ") && page.contains("</html>") ? millis : Double.NaN;
        }
    }

    /** Ends it as a service manager does; it takes its application along. */
    @Override
    public void close() {
        try {
            process.toHandle().destroy();
            process.inputReader(StandardCharsets.UTF_8).lines().forEach(line -> {});
            process.waitFor();
            try (Stream<Path> files = Files.walk(state)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
