// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.http.EventFeed;
import io.lazystart.http.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is answered here: bodies left unread, event streams, and a server that closes. */
class AnsweringTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final FrontDoor door = newDoor();

    FrontDoor newDoor() {
        return new FrontDoor();
    }

    @Test
    void answered_toHead_hasNoBodyAndItsLength() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(503, "page")));
        try (Wire client = door.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + GET);

            Wire.Head first = client.head();
            Wire.Head second = client.head();

            assertThat(first.get("content-length")).isEqualTo("4");
            assertThat(client.textBody(second)).isEqualTo("page");
        }
    }

    @Test
    void answered_smallBodyUnread_connectionGoesOn() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(503, request.target())));
        try (Wire client = door.connect()) {
            client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n");
            client.send(new byte[50_000]);
            client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head first = client.head();
            String firstBody = client.textBody(first);
            Wire.Head second = client.head();

            assertThat(first.get("connection")).isNull();
            assertThat(firstBody).isEqualTo("/1");
            assertThat(client.textBody(second)).isEqualTo("/2");
        }
    }

    @Test
    void answered_tenMebibytesUnread_answerIsNotLost() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(503, "not now")));
        try (Wire client = door.connect()) {
            int length = 10 * 1024 * 1024;
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
            client.send(new byte[length]); // a client that reads only when it has sent all

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(503);
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.textBody(head)).isEqualTo("not now");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void answered_chunkedBodyTooLong_answerIsNotLost() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(503, "not now")));
        try (Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            String piece = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
            for (int i = 0; i < 200; i++) {
                client.send(piece);
            }
            client.send("0\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.textBody(head)).isEqualTo("not now");
        }
    }

    @Test
    void answered_expectsContinue_answerAndEndWithoutTheBody() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(503, "")));
        try (Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(503);
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void gate_throws_is500AndConnectionGoesOn() throws Exception {
        door.service().decide(request -> {
            throw new IllegalStateException("broken rules");
        });
        try (Wire client = door.connect()) {
            client.send(GET + GET);

            Wire.Head first = client.head();
            client.body(first);

            assertThat(first.status()).isEqualTo(500);
            assertThat(client.head().status()).isEqualTo(500);
        }
    }

    @Test
    void events_framesArriveAsSent_andEnd() throws Exception {
        Feed feed = new Feed();
        door.service().decide(request -> new Outcome.Events(feed.head(), feed));
        try (Wire client = door.connect()) {
            client.send(GET);
            EventFeed.Sink sink = feed.sinks.poll(10, TimeUnit.SECONDS);
            Wire.Head head = client.head();

            boolean taken = sink.send("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
            String first = client.line() + client.text(9) + client.line();
            sink.end();
            String end = client.line() + client.line();

            assertThat(head.get("content-type")).isEqualTo("text/event-stream");
            assertThat(head.get("transfer-encoding")).isEqualTo("chunked");
            assertThat(taken).isTrue();
            assertThat(first).isEqualTo("9data: 1\n\n");
            assertThat(end).isEqualTo("0");
            assertThat(feed.closed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(door.nextEnded().whole()).isTrue();
        }
    }

    @Test
    void events_clientResets_subscriptionEnds() throws Exception {
        Feed feed = new Feed();
        door.service().decide(request -> new Outcome.Events(feed.head(), feed));
        Wire client = door.connect();
        client.send(GET);
        EventFeed.Sink sink = feed.sinks.poll(10, TimeUnit.SECONDS);

        client.reset();

        assertThat(feed.closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.send(new byte[1])).isFalse();
    }

    @Test
    void events_clientDoesNotRead_streamIsEnded() throws Exception {
        Feed feed = new Feed();
        door.service().decide(request -> new Outcome.Events(feed.head(), feed));
        try (Wire client = door.connect()) {
            client.send(GET);
            EventFeed.Sink sink = feed.sinks.poll(10, TimeUnit.SECONDS);

            int sent = 0;
            while (sink.send(new byte[64 * 1024]) && sent < 1000) {
                sent++;
            }

            assertThat(sent).isLessThan(1000);
            assertThat(feed.closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void serverClosing_openExchangesFinishAndIdleOnesEnd() throws Exception {
        Feed feed = new Feed();
        Semaphore arrived = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        door.service()
                .decide(request -> request.target().equals("/events")
                        ? new Outcome.Events(feed.head(), feed)
                        : new Outcome.Forward(door.service().lease()));
        try (RawUpstream upstream = new RawUpstream(wire -> {
                    wire.head();
                    arrived.release();
                    goOn.acquire();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n/");
                });
                Wire idle = door.connect();
                Wire events = door.connect();
                Wire client = door.connect()) {
            door.service().upstream(upstream.uri());
            events.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
            events.head();
            client.send(GET);
            assertThat(arrived.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            Thread closer = new Thread(() -> door.server().close(Duration.ofSeconds(10)));
            closer.start();

            assertThat(idle.ended()).isTrue();
            assertThat(events.line()).isEqualTo("0");
            goOn.release();

            Wire.Head head = client.head();
            assertThat(client.textBody(head)).isEqualTo("/");
            assertThat(head.get("connection")).isEqualTo("close");
            client.close();
            events.close();
            closer.join(5_000);
            assertThat(closer.isAlive()).isFalse();
        }
    }
}
