// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request's head made by a test. */
record FakeRequest(String method, String target, Map<String, String> headers) implements RequestView {

    static FakeRequest of(String method, String target) {
        return new FakeRequest(method, target, Map.of());
    }

    static FakeRequest get(String target) {
        return of("GET", target);
    }

    /** What a browser sends when a person opens an address. */
    static FakeRequest navigation() {
        return get("/").with("Sec-Fetch-Mode", "navigate").with("Accept", "text/html,*/*;q=0.8");
    }

    /** Adds a header line; several lines of one name are joined as adapters do. */
    FakeRequest with(String name, String value) {
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.merge(name, value, (first, second) -> first + ", " + second);
        return new FakeRequest(method, target, more);
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public String remoteAddress() {
        return "192.0.2.7";
    }
}
