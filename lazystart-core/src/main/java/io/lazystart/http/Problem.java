// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.Locale;

/** Failures as {@code application/problem+json} (RFC 9457), for hosts that answer on their own account. */
public final class Problem {
    static final String CONTENT_TYPE = "application/problem+json";

    private Problem() {}

    /**
     * Tells a failure that no service has to do with, such as a request that no route fits.
     *
     * @param status HTTP status, 400 to 599
     * @param detail one sentence for a person; not null
     * @return the answer, not to be stored by caches
     */
    public static HttpAnswer answer(int status, String detail) {
        return new AnswerBuilder(status, "refused")
                .body(CONTENT_TYPE, json(status, detail).toString())
                .build();
    }

    /** The members that every problem has; the type is {@code about:blank}, so the title is the status' own. */
    static Json json(int status, String detail) {
        return new Json()
                .field("type", "about:blank")
                .field("title", title(status))
                .field("status", status)
                .field("detail", detail);
    }

    static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> String.format(Locale.ROOT, "Status %d", status);
        };
    }
}
