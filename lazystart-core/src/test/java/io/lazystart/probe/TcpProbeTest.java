// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.testkit.FakeTicker;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpProbeTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(200);

    private final Probe probe = new TcpProbe(Ticker.system());

    @Test
    void connectionStaysOpen_isReadyAfterTheLinger() throws Exception {
        try (StubServer server = new StubServer(socket -> {})) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, TimeUnit.MILLISECONDS.toNanos(1));

            assertThat(result).isEqualTo(ProbeResult.ready("accepted"));
        }
    }

    @Test
    void serverSpeaksFirst_isReadyWithoutWaiting() throws Exception {
        try (StubServer server =
                new StubServer(socket -> socket.getOutputStream().write('x'))) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, TimeUnit.MINUTES.toNanos(5));

            assertThat(result).isEqualTo(ProbeResult.ready("accepted and spoke"));
        }
    }

    @Test
    void acceptedAndClosed_isNotReady() throws Exception {
        try (StubServer server = new StubServer(Socket::close)) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, LINGER);

            assertThat(result).isEqualTo(ProbeResult.notReady("accepted and closed at once"));
        }
    }

    @Test
    void acceptedAndReset_isNotReady() throws Exception {
        try (StubServer server = new StubServer(socket -> {
            socket.setSoLinger(true, 0);
            socket.close();
        })) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, LINGER);

            assertThat(result.ready()).isFalse();
            assertThat(result.observed()).matches("accepted and reset at once|connection reset.*");
        }
    }

    @Test
    void objection_isNotReadyForThat() throws Exception {
        try (StubServer server = new StubServer(socket -> {})) {
            ProbeResult result = probe.probe(server.http(), TIMEOUT, LINGER, () -> "somebody else's");

            assertThat(result).isEqualTo(ProbeResult.notReady("somebody else's"));
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void objectionIsLookedFor_whileItListens() throws Exception {
        FakeTicker ticker = new FakeTicker();
        Duration linger = Duration.ofMinutes(5);
        try (StubServer server = new StubServer(socket -> {})) {
            Probe.Objection slow = () -> {
                ticker.advance(linger);
                return null;
            };

            ProbeResult result = new TcpProbe(ticker).probe(server.http(), Duration.ofHours(1), linger.toNanos(), slow);

            assertThat(result).isEqualTo(ProbeResult.ready("accepted"));
        }
    }

    @Test
    void acceptedAndClosedWhileObjectionIsLookedFor_isNotReady() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (StubServer server = new StubServer(socket -> {
            socket.close();
            ended.countDown();
        })) {
            Probe.Objection slow = () -> {
                ended.await();
                return null;
            };

            ProbeResult result = probe.probe(server.http(), TIMEOUT, LINGER, slow);

            assertThat(result).isEqualTo(ProbeResult.notReady("accepted and closed at once"));
        }
    }

    @Test
    void connectedWhenTheTimeIsOver_isNotReady() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Ticker passed = new Ticker() {
            @Override
            public long nanos() {
                return looks.getAndIncrement() < 2 ? 0 : TIMEOUT.toNanos(); // over once it is connected
            }

            @Override
            public Instant wall() {
                return Instant.EPOCH;
            }

            @Override
            public void sleep(Duration duration) {}
        };
        try (StubServer server = new StubServer(socket -> {})) {
            ProbeResult result = new TcpProbe(passed).probe(server.http(), TIMEOUT, LINGER);

            assertThat(result).isEqualTo(ProbeResult.notReady("no answer within 5 s"));
        }
    }

    @Test
    void nobodyListens_nobodyIsObjectedTo() throws Exception {
        URI target = URI.create("http://127.0.0.1:" + unusedPort());

        ProbeResult result = probe.probe(target, TIMEOUT, LINGER, () -> "somebody else's");

        assertThat(result).isEqualTo(ProbeResult.notReady("connection refused"));
    }

    @Test
    void partsOfAMillisecond_areListenedToo() throws Exception {
        long linger = TimeUnit.MICROSECONDS.toNanos(1_700);
        try (StubServer server = new StubServer(socket -> {})) {
            long began = System.nanoTime();

            ProbeResult result = probe.probe(server.http(), TIMEOUT, linger);

            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(linger);
            assertThat(result).isEqualTo(ProbeResult.ready("accepted"));
        }
    }

    @Test
    void nobodyListens_isRefused() throws Exception {
        ProbeResult result = probe.probe(URI.create("http://127.0.0.1:" + unusedPort()), TIMEOUT, LINGER);

        assertThat(result).isEqualTo(ProbeResult.notReady("connection refused"));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "::1, [::1]", "127.0.0.1, localhost"})
    void hostInAnyForm_isFound(String bound, String named) throws Exception {
        try (StubServer server = new StubServer(bound, ServerSocketFactory.getDefault(), socket -> {})) {
            URI target = URI.create("http://" + named + ":" + server.port());

            assertThat(probe.probe(target, TIMEOUT, 1).ready()).isTrue();
        }
    }

    @Test
    void targetWithoutHost_isRefusedAsAnArgument() {
        assertThatThrownBy(() -> probe.probe(URI.create("notes"), TIMEOUT, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("notes");
    }

    @Test
    void interrupted_endsAtOnce() throws Exception {
        try (StubServer server = new StubServer(socket -> {})) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> probe.probe(server.http(), Duration.ofMinutes(5), TimeUnit.MINUTES.toNanos(5)))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void interruptedWhileItListens_endsAtOnce() throws Exception {
        Thread prober = Thread.currentThread();
        try (StubServer server = new StubServer(socket -> prober.interrupt())) {

            assertThatThrownBy(() -> probe.probe(server.http(), Duration.ofMinutes(5), TimeUnit.MINUTES.toNanos(5)))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
