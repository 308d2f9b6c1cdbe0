// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a proxy changes in the headers of both directions. */
final class ProxyHeaders {
    private static final List<String> HOP_BY_HOP = List.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    /** A sender that lists these in Connection wants the next reader to misjudge the message. */
    private static final Set<String> NEVER_DROPPED = Set.of("host", "content-length", "expect");

    private static final String PSEUDONYM = "lazystart";

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
        append(headers, "X-Forwarded-For", exchange.request().remoteAddress());
        setIfAbsent(headers, "X-Forwarded-Proto", secure ? "https" : "http");
        if (host != null) {
            setIfAbsent(headers, "X-Forwarded-Host", host);
        }
        append(headers, "Via", via(head.protocolVersion()));
        return headers;
    }

    /** The headers for the client; framing is left to the caller. */
    static HttpHeaders toClient(HttpResponse response) {
        HttpHeaders headers = response.headers().copy();
        dropHopByHop(headers);
        append(headers, "Via", via(response.protocolVersion()));
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
        return version.majorVersion() + "." + version.minorVersion() + " " + PSEUDONYM;
    }

    private static void append(HttpHeaders headers, String name, String value) {
        List<String> before = headers.getAll(name);
        headers.set(name, before.isEmpty() ? value : String.join(", ", before) + ", " + value);
    }

    private static void setIfAbsent(HttpHeaders headers, String name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }
}
