// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proxy changes in a message, seen on the wire of both sides. */
class HeadersTest {
    @RegisterExtension
    final FrontDoor door = new FrontDoor();

    private final BlockingQueue<Wire.Head> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Wire.Head> trailers = new LinkedBlockingQueue<>();

    private RawUpstream upstream(String response) throws Exception {
        RawUpstream upstream = new RawUpstream(RawUpstream.each(wire -> {
            Wire.Head head = wire.head();
            wire.body(head);
            received.add(head);
            trailers.add(wire.trailers());
            wire.send(response);
        }));
        door.service().upstream(upstream.uri());
        return upstream;
    }

    private Wire.Head nextReceived() throws InterruptedException {
        return received.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void request_hopByHopHeaders_endHere() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 204 No Content\r\n\r\n");
                Wire client = door.connect()) {
            client.send(Wire.message(
                    "GET / HTTP/1.1",
                    "Host: a",
                    "Connection: X-Mine, keep-alive",
                    "X-Mine: 1",
                    "Keep-Alive: 5",
                    "Proxy-Connection: x",
                    "Proxy-Authorization: x",
                    "TE: trailers, gzip",
                    "X-Kept: 2"));
            client.head();

            Wire.Head request = nextReceived();

            assertThat(request.lines())
                    .containsExactlyInAnyOrder(
                            "GET / HTTP/1.1",
                            "Host: a",
                            "X-Kept: 2",
                            "connection: te",
                            "te: trailers",
                            "X-Forwarded-For: 127.0.0.1",
                            "X-Forwarded-Proto: http",
                            "X-Forwarded-Host: a",
                            "Via: 1.1 lazystart");
        }
    }

    @Test
    void request_throughAProxyInFront_keepsWhatThatSaid() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 204 No Content\r\n\r\n");
                Wire client = door.connect()) {
            client.send(Wire.message(
                    "GET / HTTP/1.0",
                    "Host: inner",
                    "X-Forwarded-For: 10.0.0.1",
                    "X-Forwarded-For: 10.0.0.2",
                    "X-Forwarded-Proto: https",
                    "X-Forwarded-Host: outer",
                    "Via: 1.1 front"));
            client.head();

            Wire.Head request = nextReceived();

            assertThat(request.all("x-forwarded-for")).containsExactly("10.0.0.1, 10.0.0.2, 127.0.0.1");
            assertThat(request.all("x-forwarded-proto")).containsExactly("https");
            assertThat(request.all("x-forwarded-host")).containsExactly("outer");
            assertThat(request.all("via")).containsExactly("1.1 front, 1.0 lazystart");
            assertThat(request.all("host")).containsExactly("inner");
        }
    }

    @Test
    void request_connectionListsFramingHeaders_theyStay() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 204 No Content\r\n\r\n");
                Wire client = door.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nConnection: content-length, host\r\nContent-Length: 3\r\n\r\nabc");
            client.head();

            Wire.Head request = nextReceived();

            assertThat(request.all("content-length")).containsExactly("3");
            assertThat(request.all("host")).containsExactly("a");
        }
    }

    @Test
    void request_absoluteForm_isForwardedInOriginFormToItsAuthority() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 204 No Content\r\n\r\n");
                Wire client = door.connect()) {
            client.send("GET http://real.example:8080/p\u00e9?q HTTP/1.1\r\nHost: other\r\n\r\n");
            client.head();

            Wire.Head request = nextReceived();

            assertThat(request.start()).isEqualTo("GET /p%E9?q HTTP/1.1");
            assertThat(request.all("host")).containsExactly("real.example:8080");
        }
    }

    @Test
    void request_trailers_areRelayed() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 204 No Content\r\n\r\n");
                Wire client = door.connect()) {
            client.send(Wire.message("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Trailer: X-Sum")
                    + "3\r\nabc\r\n0\r\nX-Sum: 42\r\n\r\n");
            client.head();

            Wire.Head request = nextReceived();

            assertThat(request.all("trailer")).containsExactly("X-Sum");
            assertThat(request.all("transfer-encoding")).containsExactly("chunked");
            assertThat(trailers.take().all("x-sum")).containsExactly("42");
        }
    }

    @Test
    void response_hopByHopHeadersAndTrailers_endHereAndAreRelayed() throws Exception {
        String response = Wire.message(
                        "HTTP/1.1 200 Fine",
                        "Connection: X-Hop",
                        "X-Hop: 1",
                        "Keep-Alive: timeout=5",
                        "Set-Cookie: a=1",
                        "Set-Cookie: b=2",
                        "Via: 1.1 inner",
                        "Trailer: X-Sum",
                        "Transfer-Encoding: chunked")
                + "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n";
        try (RawUpstream upstream = upstream(response);
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head head = client.head();
            String body = client.textBody(head);

            assertThat(head.lines())
                    .containsExactlyInAnyOrder(
                            "HTTP/1.1 200 Fine",
                            "Set-Cookie: a=1",
                            "Set-Cookie: b=2",
                            "Via: 1.1 inner, 1.1 lazystart",
                            "Trailer: X-Sum",
                            "transfer-encoding: chunked");
            assertThat(body).isEqualTo("abc");
            assertThat(client.trailers().all("x-sum")).containsExactly("7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "404 Not Found", "503 Service Unavailable"})
    void response_cachingIsTheApplicationsOwn(String status) throws Exception {
        String caching = "Cache-Control: public, max-age=60\r\nETag: \"1\"\r\nVary: Accept\r\n";
        try (RawUpstream upstream = upstream("HTTP/1.1 " + status + "\r\n" + caching + "Content-Length: 0\r\n\r\n");
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");

            Wire.Head head = client.head();

            assertThat(head.lines())
                    .containsExactlyInAnyOrder(
                            "HTTP/1.1 " + status,
                            "Cache-Control: public, max-age=60",
                            "ETag: \"1\"",
                            "Vary: Accept",
                            "Content-Length: 0",
                            "Via: 1.1 lazystart");
        }
    }

    @Test
    void response_withoutCaching_getsNoneFromUs() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.head().all("cache-control")).isEmpty();
        }
    }

    @Test
    void request_upgradeToHttp2_isNotAskedFor() throws Exception {
        try (RawUpstream upstream = upstream("HTTP/1.1 204 No Content\r\n\r\n");
                Wire client = door.connect()) {
            client.send(Wire.message(
                    "GET / HTTP/1.1",
                    "Host: a",
                    "Connection: Upgrade, HTTP2-Settings",
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"));
            client.head();

            Wire.Head request = nextReceived();

            assertThat(request.all("upgrade")).isEmpty();
            assertThat(request.all("connection")).isEmpty();
            assertThat(request.all("http2-settings")).isEmpty();
        }
    }
}
