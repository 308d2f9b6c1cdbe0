// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole response that lazystart gives itself. The adapter adds Content-Length and Date, and leaves the body out for
 * HEAD.
 *
 * @param status HTTP status
 * @param headers names and values in order; never Content-Length, Connection or Date
 * @param body the body; empty for none; not copied, do not change
 */
@SuppressWarnings("ArrayRecordComponent") // written once to a socket; a copy of each page would buy nothing
public record HttpAnswer(int status, List<Map.Entry<String, String>> headers, byte[] body) {
    /**
     * Copies the headers.
     *
     * @param status the component
     * @param headers the component
     * @param body the component
     */
    public HttpAnswer {
        headers = List.copyOf(headers);
    }

    /**
     * Reads a header.
     *
     * @param name the header's name, in any case
     * @return the first value, or null
     */
    public @Nullable String header(String name) {
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return header.getValue();
            }
        }
        return null;
    }

    /**
     * The body as text.
     *
     * @return decoded as UTF-8
     */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
