// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A ready service: what arrives there, what comes back, and who goes first. */
class ForwardingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final FrontDoor door = newDoor();

    FrontDoor newDoor() {
        return new FrontDoor();
    }

    private final BlockingQueue<Wire.Head> received = new LinkedBlockingQueue<>();

    private RawUpstream upstream(RawUpstream.Script script) throws IOException {
        RawUpstream upstream = new RawUpstream(script);
        door.service().upstream(upstream.uri());
        return upstream;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void get_readyService_isForwardedAndAnswered() throws Exception {
        RawUpstream upstream = upstream(RawUpstream.each(wire -> {
            received.add(wire.head());
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-App: yes\r\n\r\nhello");
        }));
        try (upstream;
                Wire client = door.connect()) {
            client.send("GET /a?b=c HTTP/1.1\r\nHost: notes.example:81\r\nAccept: */*\r\n\r\n");

            Wire.Head response = client.head();

            assertThat(response.lines())
                    .containsExactly("HTTP/1.1 200 OK", "Content-Length: 5", "X-App: yes", "Via: 1.1 lazystart");
            assertThat(client.text(5)).isEqualTo("hello");
            assertThat(received.take().start()).isEqualTo("GET /a?b=c HTTP/1.1");
            ExchangeSummary summary = door.nextEnded();
            assertThat(summary.method()).isEqualTo("GET");
            assertThat(summary.target()).isEqualTo("/a?b=c");
            assertThat(summary.service()).isEqualTo("notes");
            assertThat(summary.remoteAddress()).isEqualTo("127.0.0.1");
            assertThat(summary.status()).isEqualTo(200);
            assertThat(summary.bytes()).isEqualTo(5);
            assertThat(summary.waitedNanos()).isZero();
            assertThat(summary.totalNanos()).isPositive();
            assertThat(summary.whole()).isTrue();
            door.service().awaitNoLeases();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "length,warm", "chunked,warm", "expect,warm", "expect-chunked,warm",
        "length,held", "chunked,held", "expect,held", "expect-chunked,held"
    })
    void post_oneMebibyte_arrivesWhole(String framing, String state) throws Exception {
        byte[] body = new byte[1024 * 1024];
        new Random(7).nextBytes(body);
        boolean expects = framing.startsWith("expect");
        boolean chunked = framing.endsWith("chunked");
        RawUpstream upstream = upstream(RawUpstream.each(wire -> {
            Wire.Head head = wire.head();
            if (head.get("expect") != null) {
                wire.send("HTTP/1.1 100 Continue\r\n\r\n");
            }
            String hash = sha256(wire.body(head));
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + hash.length() + "\r\n\r\n" + hash);
        }));
        if (state.equals("held")) {
            door.service().decide(request -> door.service().hold());
        }
        try (upstream;
                Wire client = door.connect()) {
            Thread sender = new Thread(() -> {
                try {
                    sendBody(client, body, chunked);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            client.send("POST / HTTP/1.1\r\nHost: a\r\n"
                    + (chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + body.length + "\r\n")
                    + (expects ? "Expect: 100-continue\r\n" : "") + "\r\n");
            if (!expects) {
                sender.start();
            }
            if (state.equals("held")) {
                door.service().nextHold().complete(door.service().lease());
            }
            if (expects) {
                assertThat(client.head().start()).isEqualTo("HTTP/1.1 100 Continue");
                sender.start();
            }

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(200);
            assertThat(client.textBody(head)).isEqualTo(sha256(body));
            sender.join();
        }
    }

    private static void sendBody(Wire client, byte[] body, boolean chunked) throws IOException {
        if (!chunked) {
            client.send(body);
            return;
        }
        for (int from = 0, size = 1; from < body.length; from += size, size = Math.min(size * 3, 100_000)) {
            int to = Math.min(body.length, from + size);
            client.send(Integer.toHexString(to - from) + "\r\n")
                    .send(Arrays.copyOfRange(body, from, to))
                    .send("\r\n");
        }
        client.send("0\r\n\r\n");
    }

    @Test
    void client_leavesInMidResponse_upstreamAndLeaseEnd() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
            wire.awaitEnd();
            ended.countDown();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(GET);
            client.head();
            client.text(4);

            client.reset();

            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            door.service().awaitNoLeases();
            ExchangeSummary summary = door.nextEnded();
            assertThat(summary.status()).isEqualTo(200);
            assertThat(summary.bytes()).isEqualTo(4);
            assertThat(summary.whole()).isFalse();
        }
    }

    @Test
    void client_leavesInMidRequest_upstreamSeesNoEndOfTheBody() throws Exception {
        BlockingQueue<String> outcome = new LinkedBlockingQueue<>();
        RawUpstream upstream = upstream(wire -> {
            Wire.Head head = wire.head();
            try {
                wire.body(head);
                outcome.add("whole");
            } catch (IOException e) {
                outcome.add("short");
            }
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            assertThat(door.service().asked.poll(10, TimeUnit.SECONDS)).isNotNull();

            client.endOutput();

            assertThat(outcome.poll(10, TimeUnit.SECONDS)).isEqualTo("short");
            assertThat(door.nextEnded().status()).isEqualTo(ExchangeSummary.CLIENT_LEFT);
        }
    }

    @Test
    void client_readsSlowly_upstreamIsNotReadWithoutBound() throws Exception {
        Flood flood = new Flood(256L * 1024 * 1024);
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + flood.length() + "\r\n\r\n");
            flood.into(wire);
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(GET);
            client.head();

            boolean heldBack = flood.isHeldBack();
            client.bytes(64 * 1024 * 1024);

            assertThat(heldBack).isTrue();
            assertThat(flood.written()).isGreaterThanOrEqualTo(64 * 1024 * 1024);
            client.reset();
        }
    }

    @Test
    void upstream_readsSlowly_clientIsNotReadWithoutBound() throws Exception {
        CountDownLatch readOn = new CountDownLatch(1);
        Flood flood = new Flood(128L * 1024 * 1024);
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            readOn.await();
            for (long left = flood.length(); left > 0; left -= 1024 * 1024) {
                wire.bytes(1024 * 1024);
            }
            wire.send("HTTP/1.1 204 No Content\r\n\r\n");
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + flood.length() + "\r\n\r\n");
            Thread sender = flood.startInto(client);

            boolean heldBack = flood.isHeldBack();
            readOn.countDown();

            assertThat(heldBack).isTrue();
            assertThat(client.head().status()).isEqualTo(204);
            sender.join();
            assertThat(flood.written()).isEqualTo(flood.length());
        }
    }

    @Test
    void upstream_answersBeforeTheBodyIsSentAndCloses_answerIsRelayed() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
        }); // closed with the body unread: a reset
        try (upstream;
                Wire client = door.connect()) {
            int length = 8 * 1024 * 1024;
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            client.send(new byte[length]);

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(413);
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.textBody(head)).isEqualTo("big");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void upstream_refusesTheExpectation_answerIsRelayedWithoutTheBody() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(417);
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void upstream_sendsNonsense_is502() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("I am no HTTP server\r\n\r\n");
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(GET);

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(502);
            assertThat(client.textBody(head)).contains("malformed");
        }
    }

    @Test
    void unit_isLostAndItsSocketsAreSilent_exchangeEnds() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            received.add(new Wire.Head(java.util.List.of("seen")));
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(GET);
            received.take();

            door.service().loseAll();

            Wire.Head head = client.head();
            assertThat(head.status()).isEqualTo(502);
            assertThat(client.textBody(head)).contains("was stopped");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404, 500, 502, 503, 504})
    void upstream_answersWithAnErrorOfItsOwn_isRelayedAsItIs(int status) throws Exception {
        String body = "<h1>of the application</h1>";
        RawUpstream upstream = upstream(RawUpstream.each(wire -> {
            wire.head();
            wire.send("HTTP/1.1 " + status + " Mine\r\nContent-Type: text/html\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
        }));
        try (upstream;
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.start()).isEqualTo("HTTP/1.1 " + status + " Mine");
            assertThat(head.get("lazystart-status")).isNull();
            assertThat(head.get("cache-control")).isNull();
            assertThat(client.textBody(head)).isEqualTo(body);
            assertThat(door.service().checks).hasValue(0);
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @Test
    void upstream_sendsEventsOneByOne_eachArrivesBeforeTheNextIsSent() throws Exception {
        Semaphore next = new Semaphore(0);
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                wire.send("9\r\ndata: " + i + "\n\n\r\n");
                next.acquire();
            }
            wire.send("0\r\n\r\n");
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
            assertThat(client.head().get("content-type")).isEqualTo("text/event-stream");

            for (int i = 0; i < 3; i++) {
                assertThat(client.line()).isEqualTo("9");
                assertThat(client.text(11)).isEqualTo("data: " + i + "\n\n\r\n");
                next.release();
            }

            assertThat(client.line()).isEqualTo("0");
        }
    }
}
