// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects what every answer of lazystart's own has, and what this one has beside that. */
final class AnswerBuilder {
    /** Request headers that lead to different answers on one URL. */
    private static final String NEGOTIATED =
            "Accept, Content-Type, Prefer, Sec-Fetch-Mode, Sec-Purpose, " + HeaderNames.EVENTS;

    private static final byte[] EMPTY = new byte[0];

    private final int status;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private byte[] body = EMPTY;

    AnswerBuilder(int status, String mark) {
        this.status = status;
        header(HeaderNames.STATUS, mark);
        header("Cache-Control", "no-store");
        header("Vary", NEGOTIATED);
        header("X-Content-Type-Options", "nosniff");
    }

    AnswerBuilder header(String name, String value) {
        headers.add(Map.entry(name, value));
        return this;
    }

    AnswerBuilder retryAfter(long seconds) {
        return header("Retry-After", Long.toString(seconds));
    }

    AnswerBuilder content(byte[] content) {
        body = content;
        return this;
    }

    AnswerBuilder body(String contentType, byte[] content) {
        return header("Content-Type", contentType).content(content);
    }

    AnswerBuilder body(String contentType, String content) {
        return body(contentType, content.getBytes(StandardCharsets.UTF_8));
    }

    HttpAnswer build() {
        return new HttpAnswer(status, headers, body);
    }
}
