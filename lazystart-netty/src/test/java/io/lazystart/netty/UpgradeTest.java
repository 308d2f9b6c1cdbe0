// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.watch.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** WebSocket and other upgrades: bytes both ways, half-close, and a lease that lasts. */
class UpgradeTest {
    private static final String UPGRADE = Wire.message(
            "GET /live HTTP/1.1",
            "Host: a",
            "Connection: keep-alive, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13");
    private static final String SWITCHED = Wire.message(
            "HTTP/1.1 101 Switching Protocols",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

    @RegisterExtension
    final FrontDoor door = newDoor();

    FrontDoor newDoor() {
        return new FrontDoor();
    }

    private RawUpstream upstream(RawUpstream.Script script) throws Exception {
        RawUpstream upstream = new RawUpstream(script);
        door.service().upstream(upstream.uri());
        return upstream;
    }

    @Test
    void upgrade_bytesGoBothWays_andEachSideMayEndFirst() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            Wire.Head head = wire.head();
            assertThat(head.get("upgrade")).isEqualTo("websocket");
            assertThat(head.get("connection")).isEqualToIgnoringCase("upgrade");
            wire.send(SWITCHED + "first");
            wire.send(wire.text(4).toUpperCase(java.util.Locale.ROOT));
            wire.send("got " + wire.rest().length); // the client has ended its direction, ours is open
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);
            Wire.Head head = client.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.get("upgrade")).isEqualTo("websocket");
            assertThat(head.get("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(client.text(5)).isEqualTo("first");
            client.send("echo");
            assertThat(client.text(4)).isEqualTo("ECHO");
            assertThat(door.service().openLeases()).isEqualTo(1);

            client.send(new byte[100_000]);
            client.endOutput();

            assertThat(client.rest()).asString(StandardCharsets.ISO_8859_1).isEqualTo("got 100000");
            ExchangeSummary summary = door.nextEnded();
            assertThat(summary.status()).isEqualTo(101);
            assertThat(summary.bytes()).isEqualTo(19);
            assertThat(summary.whole()).isTrue();
        }
    }

    @Test
    void upgrade_serverEndsFirst_clientMaySendOn() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nbye");
            wire.endOutput();
            got.add(new String(wire.rest(), StandardCharsets.ISO_8859_1));
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
            client.head();
            assertThat(client.rest()).asString(StandardCharsets.ISO_8859_1).isEqualTo("bye");
            assertThat(door.service().openLeases()).isEqualTo(1);

            client.send("still here");
            client.endOutput();

            assertThat(got.take()).isEqualTo("still here");
            door.service().awaitNoLeases();
        }
    }

    @Test
    void upgrade_serverGone_clientSendsOn_leaseEndsAtOnceAndTheTailIsRead() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED + "tail");
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);
            assertThat(client.head().status()).isEqualTo(101);

            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendWhileLeased(client));

            door.service().awaitNoLeases();
            sending.join();
            assertThat(client.rest()).asString(StandardCharsets.ISO_8859_1).isEqualTo("tail");
        }
    }

    /** Never silent, so that the connection lingers for longer than anybody waits for the lease. */
    private void sendWhileLeased(Wire client) {
        try {
            while (door.service().openLeases() > 0) {
                client.send("more");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was read as HTTP is lost to the new protocol; a hole in it would be worse than an end. */
    @Test
    void upgrade_clientGoesOnInHttp_isCutOff() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.rest()).isEmpty();
            assertThat(door.nextEnded().whole()).isFalse();
            door.service().awaitNoLeases();
        }
    }

    @Test
    void upgrade_clientDoesNotWaitForTheAnswer_serverGetsWhatItSent() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            wire.send("got " + wire.text(5));
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE + "early");

            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.text(9)).isEqualTo("got early");
        }
    }

    @Test
    void upgrade_held_isForwardedWhenReady() throws Exception {
        door.service().decide(request -> door.service().hold());
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);

            door.service().nextHold().complete(door.service().lease());

            assertThat(client.head().status()).isEqualTo(101);
        }
    }

    @Test
    void upgrade_clientEndsItsOutputWhileHeld_serverHearsTheEnd() throws Exception {
        door.service().decide(request -> door.service().hold());
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            wire.send("bye after " + wire.rest().length);
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);
            CompletableFuture<Lease> hold = door.service().nextHold();
            client.endOutput();

            hold.complete(door.service().lease());

            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.rest()).asString(StandardCharsets.ISO_8859_1).isEqualTo("bye after 0");
            door.service().awaitNoLeases();
        }
    }

    @Test
    void upgrade_clientResets_upstreamAndLeaseEnd() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            wire.awaitEnd();
            ended.countDown();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);
            client.head();

            client.reset();

            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            door.service().awaitNoLeases();
        }
    }

    @Test
    void upgrade_declined_connectionSpeaksHttpOn() throws Exception {
        RawUpstream upstream = upstream(RawUpstream.each(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
        }));
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);
            Wire.Head first = client.head();
            String body = client.textBody(first);

            client.send(UPGRADE);

            assertThat(body).isEqualTo("no");
            assertThat(client.head().status()).isEqualTo(200);
        }
    }

    @Test
    void upgrade_notAskedFor_is502() throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(502);
        }
    }

    @Test
    void upgrade_serverFloodsASlowClient_isNotReadWithoutBound() throws Exception {
        Flood flood = new Flood(256L * 1024 * 1024);
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(SWITCHED);
            flood.into(wire);
        });
        try (upstream;
                Wire client = door.connect()) {
            client.send(UPGRADE);
            client.head();

            assertThat(flood.isHeldBack()).isTrue();

            client.reset();
        }
    }
}
