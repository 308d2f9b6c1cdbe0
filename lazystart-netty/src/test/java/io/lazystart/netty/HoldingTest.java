// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.http.Outcome;
import io.lazystart.watch.Lease;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A service that is not ready: requests are held, answered here, or their client leaves. */
class HoldingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final FrontDoor door = newDoor();

    FrontDoor newDoor() {
        return new FrontDoor();
    }

    private RawUpstream echoTarget() throws Exception {
        RawUpstream upstream = new RawUpstream(RawUpstream.each(wire -> {
            Wire.Head head = wire.head();
            wire.body(head);
            String target = head.start().split(" ", 3)[1];
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + target.length() + "\r\n\r\n" + target);
        }));
        door.service().upstream(upstream.uri());
        return upstream;
    }

    private static boolean cancelled(CompletableFuture<Lease> hold) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        hold.whenComplete((lease, failure) -> done.countDown());
        return done.await(10, TimeUnit.SECONDS) && hold.isCancelled();
    }

    @Test
    void held_leaseArrives_isForwardedAsItWas() throws Exception {
        door.service().decide(request -> door.service().hold());
        try (RawUpstream upstream = echoTarget();
                Wire client = door.connect()) {
            client.send("GET /held?x HTTP/1.1\r\nHost: a\r\n\r\n");
            CompletableFuture<Lease> hold = door.service().nextHold();

            hold.complete(door.service().lease());

            Wire.Head head = client.head();
            assertThat(client.textBody(head)).isEqualTo("/held?x");
            assertThat(door.nextEnded().waitedNanos()).isPositive();
        }
    }

    @Test
    void held_waitFails_isAnsweredByTheGate() throws Exception {
        door.service().decide(request -> door.service().hold());
        try (Wire client = door.connect()) {
            client.send(GET);

            door.service().nextHold().completeExceptionally(new IllegalStateException("no luck"));

            Wire.Head head = client.head();
            assertThat(head.status()).isEqualTo(503);
            assertThat(head.get("date")).isNotNull();
            assertThat(client.textBody(head)).isEqualTo("failed: no luck");
        }
    }

    @Test
    void held_serverCloses_isToldAndTheWaitIsCancelled() throws Exception {
        door.service().decide(request -> door.service().hold());
        try (Wire client = door.connect()) {
            client.send(GET);
            CompletableFuture<Lease> hold = door.service().nextHold();
            Thread closer = new Thread(() -> door.server().close(Duration.ofSeconds(10)));
            closer.start();

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(503);
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.textBody(head)).isEqualTo("failed: the host is closing");
            assertThat(hold).isCancelled();
            client.close();
            closer.join(5_000);
            assertThat(closer.isAlive()).isFalse();
        }
    }

    @Test
    void pipelinedBehindAnOpenResponse_serverCloses_isNotHeld() throws Exception {
        Semaphore goOn = new Semaphore(0);
        door.service()
                .decide(request -> request.target().equals("/open")
                        ? new Outcome.Forward(door.service().lease())
                        : door.service().hold());
        try (RawUpstream upstream = new RawUpstream(wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
                    goOn.acquire();
                    wire.send("k");
                });
                Wire client = door.connect();
                Wire idle = door.connect()) {
            door.service().upstream(upstream.uri());
            client.send("GET /open HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
            Wire.Head open = client.head(); // promises that the connection goes on
            Thread closer = new Thread(() -> door.server().close(Duration.ofSeconds(10)));
            closer.start();
            assertThat(idle.ended()).isTrue();
            goOn.release();

            assertThat(client.textBody(open)).isEqualTo("ok");
            Wire.Head behind = client.head();

            assertThat(behind.status()).isEqualTo(503);
            assertThat(client.textBody(behind)).isEqualTo("failed: the host is closing");
            client.close();
            closer.join(5_000);
            assertThat(closer.isAlive()).isFalse();
        }
    }

    @Test
    void held_clientResets_waitIsCancelled() throws Exception {
        door.service().decide(request -> door.service().hold());
        Wire client = door.connect();
        client.send(GET);
        CompletableFuture<Lease> hold = door.service().nextHold();

        client.reset();

        assertThat(cancelled(hold)).isTrue();
        ExchangeSummary summary = door.nextEnded();
        assertThat(summary.status()).isEqualTo(ExchangeSummary.CLIENT_LEFT);
        assertThat(summary.whole()).isFalse();
    }

    @Test
    void held_clientEndsInTheMiddleOfItsBody_waitIsCancelled() throws Exception {
        door.service().decide(request -> door.service().hold());
        try (Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            CompletableFuture<Lease> hold = door.service().nextHold();

            client.endOutput();

            assertThat(cancelled(hold)).isTrue();
        }
    }

    @Test
    void held_clientEndsItsOutputAfterTheRequest_isServedAllTheSame() throws Exception {
        door.service().decide(request -> door.service().hold());
        try (RawUpstream upstream = echoTarget();
                Wire client = door.connect()) {
            client.send(GET);
            client.endOutput();
            CompletableFuture<Lease> hold = door.service().nextHold();

            hold.complete(door.service().lease());

            Wire.Head head = client.head();
            assertThat(client.textBody(head)).isEqualTo("/");
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void held_leaseArrivesWhenTheClientHasLeft_isGivenBack() throws Exception {
        CompletableFuture<Lease> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                return complete(door.service().lease()); // the core was faster
            }
        };
        door.service().decide(request -> new Outcome.Hold(stubborn, failure -> TestService.answer(503, "")));
        Wire client = door.connect();
        client.send(GET);
        door.service().asked.take();

        client.reset();

        assertThat(door.nextEnded().whole()).isFalse();
        door.service().awaitNoLeases();
        assertThat(stubborn).isCompleted();
    }

    @Test
    void held_bodyIsBig_noMoreThanABitIsRead() throws Exception {
        Flood flood = new Flood(128L * 1024 * 1024);
        door.service().decide(request -> door.service().hold());
        try (Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + flood.length() + "\r\n\r\n");
            CompletableFuture<Lease> hold = door.service().nextHold();
            Thread sender = flood.startInto(client);

            boolean heldBack = flood.isHeldBack();
            hold.completeExceptionally(new IllegalStateException("never"));

            assertThat(heldBack).isTrue();
            assertThat(client.head().status()).isEqualTo(503);
            client.reset();
            sender.join();
        }
    }

    @Test
    void held_expectsContinue_nothingIsSentUntilTheUpstreamDoes() throws Exception {
        RawUpstream upstream = new RawUpstream(wire -> {
            Wire.Head head = wire.head();
            assertThat(head.get("expect")).isEqualTo("100-continue");
            wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
            wire.body(head);
            wire.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        });
        door.service().upstream(upstream.uri()).decide(request -> door.service().hold());
        try (upstream;
                Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            CompletableFuture<Lease> hold = door.service().nextHold();
            client.socket().setSoTimeout(200);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(client::line))
                    .isInstanceOf(java.net.SocketTimeoutException.class);
            client.socket().setSoTimeout(10_000);

            hold.complete(door.service().lease());

            assertThat(client.head().lines()).contains("HTTP/1.1 103 Early Hints", "Link: </a>");
            assertThat(client.head().start()).isEqualTo("HTTP/1.1 100 Continue");
            client.send("abc");
            assertThat(client.head().status()).isEqualTo(201);
        }
    }

    @Test
    void pipelined_someHeld_areAnsweredInOrder() throws Exception {
        door.service().decide(request -> switch (request.target()) {
            case "/1", "/4" -> door.service().hold();
            case "/2" -> new Outcome.Answer(TestService.answer(202, "/2"));
            default -> new Outcome.Forward(door.service().lease());
        });
        try (RawUpstream upstream = echoTarget();
                Wire client = door.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "POST /4 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
                    + "GET /5 HTTP/1.1\r\nHost: a\r\n\r\n");

            door.service().nextHold().complete(door.service().lease());
            StringBuilder answers = new StringBuilder();
            for (int i = 1; i <= 5; i++) {
                if (i == 4) {
                    door.service().nextHold().complete(door.service().lease());
                }
                Wire.Head head = client.head();
                answers.append(head.status()).append(client.textBody(head)).append(' ');
            }

            assertThat(answers).hasToString("200/1 202/2 200/3 200/4 200/5 ");
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @Test
    void pipelined_hundreds_allAnswered() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(200, request.target())));
        try (Wire client = door.connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(requests.toString());

            for (int i = 0; i < 500; i++) {
                Wire.Head head = client.head();
                assertThat(client.textBody(head)).isEqualTo("/" + i);
            }
        }
    }
}
