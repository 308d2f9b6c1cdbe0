// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.ReadyConfig;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProbeTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(150);

    private final SystemScheduler scheduler = new SystemScheduler();
    private final Probe probe = Probe.of(ReadyConfig.http("/healthz?deep=1"), Ticker.system(), scheduler);

    @AfterEach
    void close() {
        scheduler.close();
    }

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "302, true", "399, true", "400, false", "404, false", "503, false"})
    void status_withinTheRange_isReady(int status, boolean ready) throws Exception {
        try (StubServer server = answering("HTTP/1.1 " + status + " Some Reason\r\n\r\n")) {
            assertThat(ask(server)).isEqualTo(new ProbeResult(ready, "HTTP " + status));
        }
    }

    @Test
    void status_ofARangeOfOnesOwn_isReady() throws Exception {
        ReadyConfig only401 = new ReadyConfig(ReadyConfig.Kind.HTTP, "/", 401, 401, TIMEOUT);
        try (StubServer server = answering("HTTP/1.1 401 Unauthorized\r\n\r\n")) {
            ProbeResult result = Probe.of(only401, Ticker.system(), scheduler).probe(server.http(), TIMEOUT, 0);

            assertThat(result).isEqualTo(ProbeResult.ready("HTTP 401"));
        }
    }

    @Test
    void request_isAPlainGetThatClosesAfterwards() throws Exception {
        BlockingQueue<List<String>> heads = new LinkedBlockingQueue<>();
        try (StubServer server = new StubServer(socket -> {
            heads.add(head(socket));
            send(socket, "HTTP/1.1 200 OK\r\n\r\n");
        })) {
            ask(server);

            assertThat(heads.poll(5, TimeUnit.SECONDS))
                    .startsWith("GET /healthz?deep=1 HTTP/1.1", "Host: 127.0.0.1:" + server.port())
                    .contains("Connection: close");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n",
                "HTTP/1.0 200\n",
                "HTTP/1.1 200 \r\n"
            })
    void answer_inUnusualForm_isUnderstood(String answer) throws Exception {
        try (StubServer server = answering(answer)) {
            assertThat(ask(server)).isEqualTo(ProbeResult.ready("HTTP 200"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/2 200\r\n", "\r\n", "HTTP/1.1 abc\r\n"})
    void answer_ofAnotherKind_isNotReady(String answer) throws Exception {
        try (StubServer server = answering(answer)) {
            assertThat(ask(server)).isEqualTo(ProbeResult.notReady("an answer that is not HTTP"));
        }
    }

    @Test
    void answer_isALineWithoutEnd_isGivenUp() throws Exception {
        try (StubServer server = answering("x".repeat(200_000))) {
            assertThat(ask(server)).isEqualTo(ProbeResult.notReady("an answer that is not HTTP"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 20", "HTTP/1.1 100 Continue\r\n\r\n"})
    void answer_isCutShort_isNotReady(String answer) throws Exception {
        try (StubServer server = new StubServer(socket -> {
            head(socket);
            send(socket, answer);
            socket.close();
        })) {
            assertThat(ask(server)).isEqualTo(ProbeResult.notReady("closed without an answer"));
        }
    }

    @Test
    void expectedAnswer_objection_isNotReadyForThat() throws Exception {
        try (StubServer server = answering("HTTP/1.1 200 OK\r\n\r\n")) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, 0, () -> "somebody else's");

            assertThat(result).isEqualTo(ProbeResult.notReady("somebody else's"));
        }
    }

    @Test
    void otherAnswer_isToldAndNotWhatElseThereIs() throws Exception {
        try (StubServer server = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n")) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, 0, () -> "somebody else's");

            assertThat(result).isEqualTo(ProbeResult.notReady("HTTP 503"));
        }
    }

    @Test
    void nobodyListens_isRefused() throws Exception {
        URI target = URI.create("http://127.0.0.1:" + TcpProbeTest.unusedPort());

        assertThat(probe.probe(target, TIMEOUT, 0)).isEqualTo(ProbeResult.notReady("connection refused"));
    }

    @Test
    void serverIsSilent_endsAtTheDeadline() throws Exception {
        try (StubServer server = new StubServer(socket -> {})) {
            assertThat(timedAsk(server.http())).isEqualTo(ProbeResult.notReady("no answer within 150 ms"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\nX: "})
    void serverDrips_endsAtTheDeadline(String begin) throws Exception {
        try (StubServer server = new StubServer(socket -> drip(socket, begin))) {
            assertThat(timedAsk(server.http())).isEqualTo(ProbeResult.notReady("no answer within 150 ms"));
        }
    }

    @Test
    void tlsHandshakeDrips_endsAtTheDeadline() throws Exception {
        try (StubServer server = new StubServer(socket -> drip(socket, "\u0016\u0003\u0003@\u0000"))) {
            URI target = URI.create("https://127.0.0.1:" + server.port());

            assertThat(timedAsk(target)).isEqualTo(ProbeResult.notReady("no answer within 150 ms"));
        }
    }

    @Test
    void interrupted_endsAtOnce() throws Exception {
        Thread prober = Thread.currentThread();
        try (StubServer server = new StubServer(socket -> {
            head(socket);
            prober.interrupt();
        })) {
            assertThatThrownBy(() -> probe.probe(server.http(), Duration.ofMinutes(5), 0))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"healthz", "/a b", "/a\r\nX: y", "/ü"})
    void path_thatCannotStandInARequest_isRefused(String path) {
        ReadyConfig ready = ReadyConfig.http(path);

        assertThatThrownBy(() -> Probe.of(ready, Ticker.system(), scheduler))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ready.http");
    }

    @Test
    void target_ofAnotherScheme_isRefused() throws Exception {
        try (StubServer server = new StubServer(socket -> {})) {
            URI target = URI.create("ftp://127.0.0.1:" + server.port());

            assertThatThrownBy(() -> probe.probe(target, TIMEOUT, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private ProbeResult ask(StubServer server) throws InterruptedException {
        return probe.probe(server.http(), TIMEOUT, 0);
    }

    private ProbeResult timedAsk(URI target) throws InterruptedException {
        long began = System.nanoTime();
        ProbeResult result = probe.probe(target, SHORT, 0);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(SHORT, SHORT.plusSeconds(2));
        return result;
    }

    private static StubServer answering(String answer) throws IOException {
        return new StubServer(socket -> {
            head(socket);
            send(socket, answer);
        });
    }

    private static List<String> head(Socket socket) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        List<String> lines = new ArrayList<>();
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Never silent for longer than any read would wait. */
    private void drip(Socket socket, String begin) throws IOException {
        send(socket, begin);
        dripOn(socket);
    }

    private void dripOn(Socket socket) {
        scheduler.schedule(
                () -> {
                    try {
                        send(socket, "x");
                        dripOn(socket);
                    } catch (IOException over) {
                        // the prober has gone
                    }
                },
                TimeUnit.MILLISECONDS.toNanos(5));
    }
}
