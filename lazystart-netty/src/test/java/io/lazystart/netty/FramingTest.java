// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where messages end: responses without a body, old versions, connections that end, and requests made to confuse. */
class FramingTest {
    @RegisterExtension
    final FrontDoor door = new FrontDoor();

    private RawUpstream upstream(String response) throws Exception {
        RawUpstream upstream = new RawUpstream(RawUpstream.each(wire -> {
            wire.body(wire.head());
            wire.send(response);
        }));
        door.service().upstream(upstream.uri());
        return upstream;
    }

    private RawUpstream upstreamThatCloses(String response) throws Exception {
        RawUpstream upstream = new RawUpstream(wire -> {
            wire.body(wire.head());
            wire.send(response);
        });
        door.service().upstream(upstream.uri());
        return upstream;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n"
            })
    void head_response_hasNoBodyAndConnectionGoesOn(String response) throws Exception {
        try (RawUpstream upstream = upstream(response);
                Wire client = door.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head first = client.head();
            Wire.Head second = client.head();

            assertThat(first.lines()).isEqualTo(second.lines());
            assertThat(first.get("content-length")).isEqualTo(response.contains("1000") ? "1000" : null);
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void get_bodylessStatus_connectionGoesOn(int status) throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 " + status + " Whatever\r\nETag: x\r\n\r\n");
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head first = client.head();
            Wire.Head second = client.head();

            assertThat(first.status()).isEqualTo(status);
            assertThat(first.get("transfer-encoding")).isNull();
            assertThat(second.lines()).isEqualTo(first.lines());
        }
    }

    @Test
    void response_delimitedByClose_isChunkedForANewClient() throws Exception {
        try (RawUpstream upstream = upstreamThatCloses("HTTP/1.0 200 OK\r\n\r\nall of it");
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.get("transfer-encoding")).isEqualTo("chunked");
            assertThat(head.get("via")).isEqualTo("1.0 lazystart");
            assertThat(client.textBody(head)).isEqualTo("all of it");
            assertThat(door.nextEnded().whole()).isTrue();
        }
    }

    @Test
    void response_delimitedByClose_nextRequestTakesAnotherConnection() throws Exception {
        try (RawUpstream upstream = upstreamThatCloses("HTTP/1.1 200 OK\r\n\r\nall of it");
                Wire client = door.connect()) {
            String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
            client.send(post + post);

            Wire.Head first = client.head();
            client.body(first);
            Wire.Head second = client.head();

            assertThat(second.status()).isEqualTo(200);
            assertThat(client.textBody(second)).isEqualTo("all of it");
            assertThat(upstream.accepted()).isEqualTo(2);
        }
    }

    @Test
    void response_delimitedByClose_endsTheConnectionOfAnOldClient() throws Exception {
        try (RawUpstream upstream = upstreamThatCloses("HTTP/1.1 200 OK\r\n\r\nall of it");
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

            Wire.Head head = client.head();
            byte[] rest = client.rest();

            assertThat(head.get("transfer-encoding")).isNull();
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(rest).asString(StandardCharsets.ISO_8859_1).isEqualTo("all of it");
        }
    }

    @Test
    void oldClient_keepAliveWithLength_connectionGoesOn() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                Wire client = door.connect()) {
            String request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
            client.send(request);
            Wire.Head first = client.head();
            client.text(2);

            client.send(request);
            Wire.Head second = client.head();

            assertThat(first.get("connection")).isEqualTo("keep-alive");
            assertThat(second.status()).isEqualTo(200);
        }
    }

    @Test
    void oldClient_chunkedResponse_getsItUnchunked() throws Exception {
        try (RawUpstream upstream = upstream(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.rest()).asString(StandardCharsets.ISO_8859_1).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            })
    void upstream_closesInTheMiddleOfItsBody_clientConnectionEndsShort(String response) throws Exception {
        try (RawUpstream upstream = upstreamThatCloses(response);
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            client.head();
            byte[] rest = client.rest();

            assertThat(new String(rest, StandardCharsets.ISO_8859_1))
                    .isEqualTo(response.contains("chunked") ? "4\r\nhalf\r\n" : "half");
            assertThat(door.nextEnded().whole()).isFalse();
        }
    }

    @Test
    void upstream_resetsAResponseDelimitedByClose_oldClientSeesAReset() throws Exception {
        RawUpstream upstream = new RawUpstream(wire -> {
            wire.head();
            wire.send("HTTP/1.0 200 OK\r\n\r\nhalf");
            wire.line(); // waits for the client to have read the half
            wire.reset();
        });
        door.service().upstream(upstream.uri());
        try (upstream;
                Wire client = door.connect()) {
            client.send("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n");
            client.head();
            client.text(4);

            client.send("\r\n");

            assertThat(org.assertj.core.api.Assertions.catchThrowable(client::rest))
                    .isInstanceOf(java.net.SocketException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 5\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: :80\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: [::1\r\n\r\n",
                "GET http://u:p@evil.example:99/x HTTP/1.1\r\nHost: app\r\n\r\n",
                "GET http://notes.localhost:x@admin/ HTTP/1.1\r\nHost: app\r\n\r\n",
                "GET http://evil\\@app/ HTTP/1.1\r\nHost: app\r\n\r\n",
                "GET http:///x HTTP/1.1\r\nHost: app\r\n\r\n",
                "GET HTTPS://?x HTTP/1.1\r\nHost: app\r\n\r\n",
                "GET http://app/ HTTP/1.1\r\nHost: u@app\r\n\r\n",
                "GET http://u@app/ HTTP/1.0\r\n\r\n",
                "GET elsewhere HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
                "\u0016\u0003\u0001 nonsense\r\n\r\n"
            })
    void request_thatTwoParsersMayReadDifferently_isRefusedAndConnectionEnds(String request) throws Exception {
        try (Wire client = door.connect()) {
            client.send(request);
            client.endOutput();

            Wire.Head head = client.head();
            client.body(head);

            assertThat(head.status()).isEqualTo(400);
            assertThat(head.get("content-type")).isEqualTo("application/problem+json");
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(client.rest()).isEmpty();
            assertThat(door.service().asked).isEmpty();
            assertThat(door.nextEnded().status()).isEqualTo(400);
        }
    }

    @Test
    void request_otherTransferCoding_is501() throws Exception {
        try (Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(501);
        }
    }

    @Test
    void request_lineTooLong_is414() throws Exception {
        try (Wire client = door.connect()) {
            client.send("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(414);
        }
    }

    @Test
    void request_headersTooLarge_is431() throws Exception {
        try (Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");

            assertThat(client.head().status()).isEqualTo(431);
        }
    }

    @Test
    void request_malformedChunk_is400AndUpstreamSeesNoEnd() throws Exception {
        RawUpstream upstream = new RawUpstream(wire -> wire.body(wire.head()));
        door.service().upstream(upstream.uri());
        try (upstream;
                Wire client = door.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n");

            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(400);
            assertThat(head.get("connection")).isEqualTo("close");
        }
    }

    @Test
    void request_withoutRoute_is404() throws Exception {
        try (Wire client = door.connect()) {
            client.send("POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head first = client.head();
            String body = client.textBody(first);
            Wire.Head second = client.head();

            assertThat(first.status()).isEqualTo(404);
            assertThat(first.get("content-type")).isEqualTo("application/problem+json");
            assertThat(body).contains("\"status\":404");
            assertThat(second.status()).isEqualTo(404);
            assertThat(door.nextEnded().service()).isNull();
        }
    }
}
