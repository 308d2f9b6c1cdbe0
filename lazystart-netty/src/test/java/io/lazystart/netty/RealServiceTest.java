// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.LazyStart;
import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front door with the real core behind it: only the unit is scripted. */
class RealServiceTest {
    @TempDir
    Path state;

    private final ScriptedProvider provider = new ScriptedProvider();
    private final BlockingQueue<ExchangeSummary> ended = new LinkedBlockingQueue<>();
    private LazyStart lazyStart;
    private NettyServer server;

    @BeforeEach
    void start() throws Exception {
        lazyStart = LazyStart.builder()
                .discoverProviders(false)
                .provider(provider)
                .stateDirectory(state)
                .service("notes", service -> service.unit("scripted", Map.of()).idleTimeout(Duration.ofHours(1)))
                .build();
        server = NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .gates(request ->
                        new Destination(lazyStart.gate("notes"), lazyStart.watcher("notes"), request.target()))
                .listener(ended::add)
                .start();
    }

    @AfterEach
    void close() {
        server.close();
        lazyStart.close();
    }

    private static RawUpstream application() throws Exception {
        return new RawUpstream(RawUpstream.each(wire -> {
            Wire.Head head = wire.head();
            byte[] body = wire.body(head);
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .send(body);
        }));
    }

    private void post(Wire client, String body) throws Exception {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        Wire.Head head = client.head();
        assertThat(head.status()).isEqualTo(200);
        assertThat(client.textBody(head)).isEqualTo(body);
    }

    @Test
    void asleep_post_isHeldAndServedByOneStart() throws Exception {
        try (RawUpstream application = application();
                Wire client = Wire.to(server.address())) {
            provider.unit("notes").listensOn(application.port());

            post(client, "cold");
            post(client, "warm");

            assertThat(provider.unit("notes").count(Call.START)).isEqualTo(1);
            assertThat(ended.poll(10, TimeUnit.SECONDS).waitedNanos()).isPositive();
            assertThat(ended.poll(10, TimeUnit.SECONDS).waitedNanos()).isZero();
            assertThat(lazyStart.watcher("notes").snapshot().leases()).isZero();
        }
    }

    @Test
    void asleep_navigation_getsThePage() throws Exception {
        try (RawUpstream application = application();
                Wire client = Wire.to(server.address())) {
            provider.unit("notes").listensOn(application.port());

            client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
            Wire.Head head = client.head();
            String page = client.textBody(head);

            assertThat(head.status()).isEqualTo(503);
            assertThat(head.get("lazystart-status")).isEqualTo("starting");
            assertThat(head.get("cache-control")).isEqualTo("no-store");
            assertThat(head.get("retry-after")).isNotNull();
            assertThat(page).contains("notes");
        }
    }

    @Test
    void asleep_providerHangsInItsStart_firstPageComesAllTheSame() throws Exception {
        CountDownLatch mayReturn = new CountDownLatch(1);
        CountDownLatch starting = new CountDownLatch(1);
        provider.unit("notes").on(Call.START, () -> {
            starting.countDown();
            mayReturn.await();
            return null;
        });
        try (Wire client = Wire.to(server.address())) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
                Wire.Head head = client.head();
                assertThat(head.status()).isEqualTo(503);
                assertThat(client.textBody(head)).contains("notes", "</html>");
                assertThat(starting.await(10, TimeUnit.SECONDS)).isTrue(); // the second page comes while it hangs
            }
            assertThat(mayReturn.getCount()).isEqualTo(1);
        } finally {
            mayReturn.countDown();
        }
    }

    @Test
    void ready_unitIsGoneAndNobodyHasNoticed_requestWakesItAgain() throws Exception {
        try (RawUpstream second = application();
                Wire client = Wire.to(server.address())) {
            try (RawUpstream first = application()) {
                provider.unit("notes").listensOn(first.port());
                post(client, "first");
            }
            provider.unit("notes").become(State.STOPPED);
            provider.unit("notes").on(Call.START, () -> provider.unit("notes").listensOn(second.port()));

            post(client, "second");

            assertThat(provider.unit("notes").count(Call.START)).isEqualTo(2);
            assertThat(lazyStart.watcher("notes").snapshot().status()).isEqualTo(Status.READY);
        }
    }

    @Test
    void connect_isRefused() throws Exception {
        try (Wire client = Wire.to(server.address())) {
            client.send("CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n");

            assertThat(client.head().status()).isBetween(400, 599);
            assertThat(provider.unit("notes").calls()).doesNotContain(Call.START);
        }
    }
}
