// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.http.EventFeed;
import io.lazystart.http.Outcome;
import io.lazystart.watch.Lease;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that connect and ask for nothing, and those that must not be taken for them. */
class KeepAliveTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** Beyond what fits a number of nanoseconds. */
    private static final Duration NEVER = Duration.ofSeconds(Long.MAX_VALUE);

    @RegisterExtension
    final FrontDoor door =
            new FrontDoor(builder -> builder.headTimeout(NEVER).keepAliveTimeout(Duration.ofMillis(250)));

    /** As long as an idle connection is kept, by the server's own timers. */
    private void idleTimePasses() throws Exception {
        try (Wire idle = door.connect()) {
            assertThat(idle.ended()).isTrue();
        }
    }

    @Test
    void emptyLinesAreNoHead() throws Exception {
        try (Wire client = door.connect().send("\r\n")) {
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void nothingIsAsked_connectionEndsInSilence() throws Exception {
        try (Wire client = door.connect()) {
            assertThat(client.ended()).isTrue();
            assertThat(door.ended).isEmpty();
        }
    }

    @Test
    void nothingMoreIsAsked_connectionEndsInSilence() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(200, "ok")));
        try (Wire client = door.connect().send(GET + GET)) {
            for (int i = 0; i < 2; i++) {
                Wire.Head head = client.head();
                assertThat(client.textBody(head)).isEqualTo("ok");
            }

            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void headHasBegun_isNotCutByTheIdleLimit() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(200, "ok")));
        try (Wire client = door.connect().send("GET / HTTP/1.1\r\nHo")) {
            idleTimePasses();

            client.send("st: a\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(200);
        }
    }

    @Test
    void held_isNotCut() throws Exception {
        door.service().decide(request -> door.service().hold());
        try (RawUpstream upstream = new RawUpstream(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                    wire.awaitEnd();
                });
                Wire client = door.connect().send(GET)) {
            door.service().upstream(upstream.uri());
            CompletableFuture<Lease> hold = door.service().nextHold();
            idleTimePasses();

            hold.complete(door.service().lease());

            assertThat(client.head().status()).isEqualTo(204);
        }
    }

    @Test
    void responseTakesItsTime_isNotCut() throws Exception {
        Semaphore goOn = new Semaphore(0);
        try (RawUpstream upstream = new RawUpstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            goOn.acquire();
            wire.send("k");
            wire.awaitEnd();
        })) {
            door.service().upstream(upstream.uri());
            try (Wire client = door.connect().send(GET)) {
                Wire.Head head = client.head();
                idleTimePasses();

                goOn.release();

                assertThat(client.textBody(head)).isEqualTo("ok");
            }
        }
    }

    @Test
    void bodyTakesItsTime_isNotCut() throws Exception {
        try (RawUpstream upstream = new RawUpstream(wire -> {
            Wire.Head head = wire.head();
            wire.send("HTTP/1.1 100 Continue\r\n\r\n");
            wire.body(head);
            wire.send("HTTP/1.1 204 No Content\r\n\r\n");
            wire.awaitEnd();
        })) {
            door.service().upstream(upstream.uri());
            try (Wire client = door.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\no");
                assertThat(client.head().status()).isEqualTo(100);
                idleTimePasses();

                client.send("k");

                assertThat(client.head().status()).isEqualTo(204);
            }
        }
    }

    @Test
    void eventStream_isNotCut() throws Exception {
        Feed feed = new Feed();
        door.service().decide(request -> new Outcome.Events(feed.head(), feed));
        try (Wire client = door.connect().send(GET)) {
            EventFeed.Sink sink = feed.sinks.poll(10, TimeUnit.SECONDS);
            assertThat(client.head().status()).isEqualTo(200);
            idleTimePasses();

            sink.end();

            assertThat(client.line()).isEqualTo("0");
            assertThat(client.line()).isEmpty();
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void upgradedConnection_isNotCut() throws Exception {
        try (RawUpstream upstream = new RawUpstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
            wire.send(wire.text(1).toUpperCase(java.util.Locale.ROOT));
            wire.awaitEnd();
        })) {
            door.service().upstream(upstream.uri());
            try (Wire client = door.connect()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
                assertThat(client.head().status()).isEqualTo(101);
                idleTimePasses();

                client.send("a");

                assertThat(client.text(1)).isEqualTo("A");
            }
        }
    }
}
