// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.http.Outcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to services: kept, replaced, refused, tried again. */
class UpstreamTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @RegisterExtension
    final FrontDoor door = new FrontDoor();

    private RawUpstream upstream(RawUpstream.Script script) throws Exception {
        RawUpstream upstream = new RawUpstream(script);
        door.service().upstream(upstream.uri());
        return upstream;
    }

    private static URI nobody() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + taken.getLocalPort());
        }
    }

    private void exchange(Wire client, String request) throws Exception {
        client.send(request);
        Wire.Head head = client.head();
        assertThat(head.status()).isEqualTo(200);
        assertThat(client.textBody(head)).isEqualTo("ok");
    }

    @Test
    void connection_isReusedByAllClients() throws Exception {
        RawUpstream upstream = upstream(RawUpstream.each(wire -> {
            wire.body(wire.head());
            wire.send(OK);
        }));
        try (upstream;
                Wire one = door.connect();
                Wire other = door.connect()) {
            for (int i = 0; i < 5; i++) {
                exchange(one, GET);
                door.nextEnded();
                exchange(other, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
                door.nextEnded();
            }

            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 Unasked\r\n\r\n"
            })
    void connection_thatIsNotToBeKept_isNotReused(String response) throws Exception {
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(response);
            wire.awaitEnd();
        });
        try (upstream;
                Wire client = door.connect()) {
            exchange(client, GET);
            exchange(client, GET);

            assertThat(upstream.accepted()).isEqualTo(2);
        }
    }

    @Test
    void connection_ofAnEarlierIncarnation_isNotReused() throws Exception {
        RawUpstream upstream = upstream(RawUpstream.each(wire -> {
            wire.head();
            wire.send(OK);
        }));
        try (upstream;
                Wire client = door.connect()) {
            exchange(client, GET);

            door.service().epoch.incrementAndGet();
            exchange(client, GET);

            assertThat(upstream.accepted()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET,200,2", "DELETE,200,2", "POST,502,1"})
    void connection_closedInsteadOfAnAnswer_isReplacedIfTheRequestMayBeRepeated(
            String method, int status, int connections) throws Exception {
        AtomicInteger served = new AtomicInteger();
        RawUpstream upstream = upstream(wire -> {
            wire.head();
            wire.send(OK);
            if (served.getAndIncrement() == 0) {
                wire.head(); // the second request, left without an answer
            }
        });
        try (upstream;
                Wire client = door.connect()) {
            exchange(client, GET);

            client.send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(status);
            assertThat(upstream.accepted()).isEqualTo(connections);
        }
    }

    @Test
    void connection_closedBecauseTheUnitIsLost_requestIsAdmittedAnewAndTheOldAddressLeftAlone() throws Exception {
        AtomicInteger served = new AtomicInteger();
        RawUpstream lost = upstream(wire -> {
            wire.head();
            wire.send(OK);
            if (served.getAndIncrement() == 0) {
                wire.head(); // the second request: the unit dies with it
                door.service().loseAll();
            }
        });
        try (lost;
                RawUpstream next = new RawUpstream(RawUpstream.each(wire -> {
                    wire.head();
                    wire.send(OK);
                }));
                Wire client = door.connect()) {
            exchange(client, GET);
            door.service().onCheck(() -> door.service().upstream(next.uri()));

            exchange(client, GET);

            assertThat(lost.accepted()).isEqualTo(1);
            assertThat(next.accepted()).isEqualTo(1);
            assertThat(door.service().checks).hasValue(1);
        }
    }

    @Test
    void lease_lostBeforeTheFirstDialAndAgain_is502AndNobodyIsDialled() throws Exception {
        RawUpstream upstream = upstream(wire -> wire.head());
        door.service().decide(request -> new Outcome.Forward(door.service().lostLease()));
        try (upstream;
                Wire client = door.connect()) {
            client.send(GET);

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(502);
            assertThat(client.textBody(head)).isEqualTo("The service was stopped before it answered.");
            assertThat(door.service().asked).hasSize(2);
            assertThat(upstream.accepted()).isZero();
        }
    }

    @Test
    void connection_freshAndClosedBeforeAnAnswer_is502AndUnitIsChecked() throws Exception {
        RawUpstream upstream = upstream(wire -> wire.head());
        try (upstream;
                Wire client = door.connect()) {
            client.send(GET);

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(502);
            assertThat(client.textBody(head)).contains("closed the connection before it answered");
            assertThat(door.service().checks).hasValue(1);
        }
    }

    @Test
    void refused_unitIsReadyAgainAfterACheck_requestIsServed() throws Exception {
        try (RawUpstream upstream = upstream(RawUpstream.each(wire -> {
                    wire.body(wire.head());
                    wire.send(OK);
                }));
                Wire client = door.connect()) {
            URI alive = upstream.uri();
            door.service().upstream(nobody()).onCheck(() -> door.service().upstream(alive));

            exchange(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(door.service().checks).hasValue(1);
            assertThat(door.service().asked).hasSize(2);
        }
    }

    @Test
    void refused_unitHasDied_requestIsHeldAgainAndServed() throws Exception {
        try (RawUpstream upstream = upstream(RawUpstream.each(wire -> {
                    wire.body(wire.head());
                    wire.send(OK);
                }));
                Wire client = door.connect()) {
            URI alive = upstream.uri();
            door.service()
                    .upstream(nobody())
                    .onCheck(() -> door.service()
                            .upstream(alive)
                            .decide(request -> door.service().hold()));
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");

            door.service().nextHold().complete(door.service().lease());

            assertThat(client.head().status()).isEqualTo(200);
        }
    }

    @Test
    void refused_gateAnswersTheSecondTime_clientGetsThat() throws Exception {
        door.service()
                .upstream(nobody())
                .onCheck(() -> door.service().decide(request -> new Outcome.Answer(TestService.answer(503, "down"))));
        try (Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + GET);

            Wire.Head first = client.head();
            String body = client.textBody(first);

            assertThat(first.status()).isEqualTo(503);
            assertThat(body).isEqualTo("down");
            assertThat(client.head().status()).isEqualTo(503);
        }
    }

    @Test
    void refused_twice_is502() throws Exception {
        door.service().upstream(nobody());
        try (Wire client = door.connect()) {
            client.send(GET);

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(502);
            assertThat(client.textBody(head)).isEqualTo("The service refused the connection.");
            assertThat(door.service().asked).hasSize(2);
        }
    }

    @Test
    void refused_clientLeavesDuringTheCheck_leaseIsGivenBack() throws Exception {
        Semaphore checking = new Semaphore(0);
        Semaphore goOn = new Semaphore(0);
        door.service().upstream(nobody()).onCheck(() -> {
            checking.release();
            goOn.acquireUninterruptibly();
        });
        Wire client = door.connect();
        client.send(GET);
        assertThat(checking.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

        client.reset();

        door.service().awaitNoLeases();
        goOn.release();
        assertThat(door.nextEnded().status()).isEqualTo(ExchangeSummary.CLIENT_LEFT);
    }

    @Test
    void lease_withoutUpstream_is502() throws Exception {
        try (Wire client = door.connect()) {
            client.send(GET);

            assertThat(client.head().status()).isEqualTo(502);
        }
    }
}
