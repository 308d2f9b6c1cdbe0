// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HostHeader;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what two HTTP parsers in a row could read differently, and what is no HTTP/1 request. The codec has refused
 * conflicting lengths already where it is ours; a codec of somebody else may have been told not to.
 */
final class RequestCheck {
    private RequestCheck() {}

    /** The request in both views: as it was sent, and as the rules see it. */
    static @Nullable Problem problem(HttpRequest request, ClientRequest view) {
        if (request.decoderResult().isFailure()) {
            return undecodable(request.decoderResult().cause());
        }
        if (request.protocolVersion().majorVersion() != 1) {
            return new Problem(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
        }
        Problem problem = hostProblem(request);
        if (problem == null) {
            problem = framingProblem(request.headers());
        }
        return problem == null ? targetProblem(request, view.authority()) : problem;
    }

    private static Problem undecodable(Throwable cause) {
        if (cause instanceof ReadTimeoutException) {
            return new Problem(408, "The request's head did not come in time.");
        }
        if (cause instanceof TooLongHttpLineException) {
            return new Problem(414, "The request line is too long.");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Problem(431, "The request's headers are too large.");
        }
        return new Problem(400, "The request is malformed.");
    }

    private static @Nullable Problem hostProblem(HttpRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            return new Problem(400, "The request has more than one Host.");
        }
        if (hosts.isEmpty()) {
            return request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                    ? null
                    : new Problem(400, "The request has no Host.");
        }
        return HostHeader.isWellFormed(hosts.get(0)) ? null : new Problem(400, "The request's Host is malformed.");
    }

    private static @Nullable Problem framingProblem(HttpHeaders headers) {
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return headers.getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1
                    ? new Problem(400, "The request has more than one Content-Length.")
                    : null;
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return new Problem(400, "The request has both Content-Length and Transfer-Encoding.");
        }
        // Codings end at each hop; one that is passed on without being named would damage the body.
        return codings.size() == 1
                        && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                                codings.get(0).strip())
                ? null
                : new Problem(501, "The only transfer coding served here is chunked.");
    }

    private static @Nullable Problem targetProblem(HttpRequest request, @Nullable String authority) {
        String target = request.uri();
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) == 0x7f) {
                return new Problem(400, "The request target is malformed.");
            }
        }
        if (authority != null) {
            return HostHeader.isWellFormed(authority)
                    ? null
                    : new Problem(400, "The authority of the request target is malformed.");
        }
        boolean known = target.startsWith("/")
                || (target.equals("*") && request.method().equals(HttpMethod.OPTIONS))
                || request.method().equals(HttpMethod.CONNECT);
        return known ? null : new Problem(400, "The request target is in no known form.");
    }
}
