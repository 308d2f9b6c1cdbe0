// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HttpAnswer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A refusal that no gate makes, because there is no service to speak for.
 *
 * @param status HTTP status
 * @param detail one sentence; a constant of ours, so it needs no escaping
 */
record Problem(int status, String detail) {
    static final Problem NO_ROUTE = new Problem(404, "No service is routed here.");
    static final Problem RULES_FAILED = new Problem(500, "The rules for this request failed.");
    static final Problem NO_TUNNEL = new Problem(501, "CONNECT is not served here.");
    static final Problem BODY_MALFORMED = new Problem(400, "The request's body is malformed.");

    HttpAnswer answer() {
        String title = HttpResponseStatus.valueOf(status).reasonPhrase();
        String json = "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\""
                + detail + "\"}";
        List<Map.Entry<String, String>> headers =
                List.of(Map.entry("Content-Type", "application/problem+json"), Map.entry("Cache-Control", "no-store"));
        return new HttpAnswer(status, headers, json.getBytes(StandardCharsets.UTF_8));
    }
}
