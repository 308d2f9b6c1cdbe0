// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions about a request's head that the rules ask. */
final class RequestKind {
    private static final Set<String> HTML = Set.of("text/html", "application/xhtml+xml");
    private static final Set<String> NEVER_WAKES = Set.of("/favicon.ico", "/robots.txt");

    private RequestKind() {}

    /** CONNECT asks for a proxy and {@code OPTIONS *} for the server as a whole; no service can answer either. */
    static boolean isForNoService(RequestView request) {
        String method = request.method();
        return "CONNECT".equals(method) || ("OPTIONS".equals(method) && "*".equals(request.target()));
    }

    static boolean isGetOrHead(RequestView request) {
        String method = request.method();
        return "GET".equals(method) || "HEAD".equals(method);
    }

    /** A GET or HEAD that could be answered with a page: it does not ask for another protocol. */
    static boolean isPageable(RequestView request) {
        return isGetOrHead(request) && request.header("Upgrade") == null;
    }

    /** A person waits in front of a browser, as far as the head tells. */
    static boolean isNavigation(RequestView request) {
        return isPageable(request)
                && ("navigate".equalsIgnoreCase(request.header("Sec-Fetch-Mode"))
                        || namesHtml(request.header("Accept")));
    }

    static boolean isPrefetch(RequestView request) {
        return hasToken(request.header("Sec-Purpose"), "prefetch") || hasToken(request.header("Purpose"), "prefetch");
    }

    static boolean isGrpc(RequestView request) {
        String type = request.header("Content-Type");
        return type != null && type.regionMatches(true, 0, "application/grpc", 0, "application/grpc".length());
    }

    static boolean neverWakes(RequestView request) {
        return NEVER_WAKES.contains(path(request.target()));
    }

    /** The target without its query, as sent. */
    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Whether an Accept header names HTML itself with a weight above zero; a wildcard names nothing. */
    static boolean namesHtml(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        for (String range : HeaderList.split(accept, ',')) {
            List<String> parts = HeaderList.split(range, ';');
            if (!parts.isEmpty() && HTML.contains(HeaderList.name(parts.get(0))) && isWanted(parts)) {
                return true;
            }
        }
        return false;
    }

    /** A weight of zero means "not acceptable" (RFC 9110, 12.4.2); one that cannot be read counts as none given. */
    private static boolean isWanted(List<String> parts) {
        for (String parameter : parts.subList(1, parts.size())) {
            if (HeaderList.name(parameter).equals("q")) {
                return !HeaderList.value(parameter).matches("0(\\.0{0,3})?");
            }
        }
        return true;
    }

    private static boolean hasToken(@Nullable String header, String token) {
        if (header == null) {
            return false;
        }
        for (String element : HeaderList.split(header, ',')) {
            List<String> parts = HeaderList.split(element, ';');
            if (!parts.isEmpty() && parts.get(0).equalsIgnoreCase(token)) {
                return true;
            }
        }
        return false;
    }
}
