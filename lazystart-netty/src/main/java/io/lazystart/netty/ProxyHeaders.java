// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a proxy changes in the headers of both directions. */
final class ProxyHeaders {
    // Names that know their hash: a String's is computed anew at each look into the headers.
    private static final List<AsciiString> HOP_BY_HOP = List.of(
            HttpHeaderNames.CONNECTION,
            AsciiString.cached("keep-alive"),
            AsciiString.cached("proxy-connection"),
            HttpHeaderNames.PROXY_AUTHENTICATE,
            HttpHeaderNames.PROXY_AUTHORIZATION,
            HttpHeaderNames.TE,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.UPGRADE,
            AsciiString.cached("http2-settings"));
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("X-Forwarded-For");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final AsciiString FORWARDED_HOST = AsciiString.cached("X-Forwarded-Host");
    private static final AsciiString VIA = AsciiString.cached("Via");
    private static final String VIA_HTTP_1_1 = "1.1 lazystart";
    private static final String VIA_HTTP_1_0 = "1.0 lazystart";

    /** A sender that lists these in Connection wants the next reader to misjudge the message. */
    private static final Set<String> NEVER_DROPPED = Set.of("host", "content-length", "expect");

    private ProxyHeaders() {}

    /**
     * The headers for the upstream. Host stays as sent; the address of the client is appended to X-Forwarded-For; what
     * a proxy in front has said about protocol and host is kept.
     */
    static HttpHeaders toUpstream(Exchange exchange, boolean secure, String upstreamAuthority) {
        HttpRequest head = exchange.head();
        HttpHeaders headers = head.headers().copy();
        String upgrade = upgradeProtocol(head);
        boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        boolean trailers = listed(headers, HttpHeaderNames.TE).contains("trailers");
        dropHopByHop(headers);
        if (chunked) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (upgrade != null) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
            headers.set(HttpHeaderNames.UPGRADE, upgrade);
        } else if (trailers) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
            headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        }
        if (exchange.isOld()) {
            headers.remove(HttpHeaderNames.EXPECT); // the client would not understand the interim response
        }
        String host = exchange.request().header("host");
        if (host == null) {
            headers.set(HttpHeaderNames.HOST, upstreamAuthority); // required in what we send, not in HTTP/1.0
        } else if (!host.equals(headers.get(HttpHeaderNames.HOST))) {
            headers.set(HttpHeaderNames.HOST, host);
        }
        append(headers, FORWARDED_FOR, exchange.request().remoteAddress());
        setIfAbsent(headers, FORWARDED_PROTO, secure ? "https" : "http");
        if (host != null) {
            setIfAbsent(headers, FORWARDED_HOST, host);
        }
        append(headers, VIA, via(head.protocolVersion()));
        return headers;
    }

    /** The headers for the client; framing is left to the caller. */
    static HttpHeaders toClient(HttpResponse response) {
        HttpHeaders headers = response.headers().copy();
        dropHopByHop(headers);
        append(headers, VIA, via(response.protocolVersion()));
        return headers;
    }

    /** The headers of a 101 for the client. */
    static HttpHeaders upgradeToClient(HttpResponse response) {
        HttpHeaders headers = toClient(response);
        String protocol = response.headers().get(HttpHeaderNames.UPGRADE);
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        if (protocol != null) {
            headers.set(HttpHeaderNames.UPGRADE, protocol);
        }
        return headers;
    }

    /**
     * The protocols a client asks to switch to, or null. HTTP/2 is not among them: behind such an upgrade further
     * requests would pass by our rules unseen, and a client that is not answered with 101 goes on with HTTP/1.1.
     */
    static @Nullable String upgradeProtocol(HttpRequest head) {
        if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || !listed(head.headers(), HttpHeaderNames.CONNECTION).contains("upgrade")) {
            return null;
        }
        List<String> protocols = listed(head.headers(), HttpHeaderNames.UPGRADE);
        boolean http = protocols.stream().anyMatch(protocol -> protocol.startsWith("h2"));
        return http || protocols.isEmpty()
                ? null
                : String.join(", ", head.headers().getAll(HttpHeaderNames.UPGRADE));
    }

    /** Drops what ends at this hop, from headers or trailers. */
    static void dropHopByHop(HttpHeaders headers) {
        if (headers.isEmpty()) {
            return; // may be Netty's shared, immutable empty trailers
        }
        for (String name : listed(headers, HttpHeaderNames.CONNECTION)) {
            if (!NEVER_DROPPED.contains(name)) {
                headers.remove(name);
            }
        }
        HOP_BY_HOP.forEach(headers::remove);
    }

    /** The members of a comma-separated header, in lower case. */
    private static List<String> listed(HttpHeaders headers, CharSequence name) {
        if (!headers.contains(name)) {
            return List.of();
        }
        List<String> members = new ArrayList<>(4);
        for (String line : headers.getAll(name)) {
            for (String member : line.split(",", -1)) {
                if (!member.isBlank()) {
                    members.add(member.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return members;
    }

    private static String via(HttpVersion version) {
        return version.equals(HttpVersion.HTTP_1_0) ? VIA_HTTP_1_0 : VIA_HTTP_1_1;
    }

    private static void append(HttpHeaders headers, AsciiString name, String value) {
        if (headers.contains(name)) {
            headers.set(name, String.join(", ", headers.getAll(name)) + ", " + value);
        } else {
            headers.add(name, value);
        }
    }

    private static void setIfAbsent(HttpHeaders headers, AsciiString name, String value) {
        if (!headers.contains(name)) {
            headers.add(name, value);
        }
    }
}
