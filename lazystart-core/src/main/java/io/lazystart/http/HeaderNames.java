// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

/** Headers of lazystart's own, as they stand in requests and answers. */
public final class HeaderNames {
    /**
     * Request: asks for the service's events instead of the service. With the value {@code once} the answer is the
     * state as it is, otherwise a stream.
     */
    public static final String EVENTS = "LazyStart-Events";

    /**
     * Answer: marks it as lazystart's own, and says how the service is: {@code napping}, {@code starting}, {@code
     * ready}, {@code stopping}, {@code error}; or {@code refused}.
     */
    public static final String STATUS = "LazyStart-Status";

    private HeaderNames() {}
}
