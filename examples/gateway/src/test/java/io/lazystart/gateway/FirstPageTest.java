// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * How long the first visitors of a gateway that was just started look at nothing. The bounds are three times the targets
 * (300 ms, then 30 ms), for a machine that does other things too; the benchmark {@code first-page} measures.
 */
@Timeout(120)
@Isolated("looks at how long something takes")
final class FirstPageTest {
    private static final Duration FIRST = Duration.ofMillis(900);
    private static final Duration LATER = Duration.ofMillis(90);
    private static final int PAGES = 7;

    @TempDir
    Path directory;

    @Test
    void freshGateway_firstAndLaterPage_comeSoon() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(directory, "--listen", "127.0.0.1:0")) {
            Duration first = pageTime(gateway.url());
            List<Duration> later = new ArrayList<>();
            for (int page = 0; page < PAGES; page++) {
                later.add(pageTime(gateway.url()));
            }

            assertThat(first).isLessThan(FIRST);
            Collections.sort(later);
            assertThat(later.get(PAGES / 2)).as("the median of %s", later).isLessThan(LATER);
        }
    }

    /** By a bare socket: a client of some size would measure its own first request. */
    private static Duration pageTime(URI url) throws Exception {
        long began = System.nanoTime();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);

            Duration took = Duration.ofNanos(System.nanoTime() - began);
            assertThat(page).startsWith("HTTP/1.1 503 ").contains("Starting demo", "</html>");
            return took;
        }
    }
}
