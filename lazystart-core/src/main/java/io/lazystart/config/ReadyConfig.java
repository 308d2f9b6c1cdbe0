// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a started unit is asked whether it can serve.
 *
 * @param kind what is asked
 * @param path path and query of the HTTP request; null unless the kind is HTTP
 * @param firstCode lowest HTTP status that means ready
 * @param lastCode highest HTTP status that means ready
 * @param timeout how long one probe may take
 */
public record ReadyConfig(Kind kind, @Nullable String path, int firstCode, int lastCode, Duration timeout) {
    /** Default: a TCP connection that is accepted and not closed at once, within one second. */
    public static final ReadyConfig TCP = new ReadyConfig(Kind.TCP, null, 0, 0, Duration.ofSeconds(1));

    /** What is asked. */
    public enum Kind {
        /** Whether a TCP connection is accepted and stays open. */
        TCP,
        /** Whether a GET is answered with an expected status. */
        HTTP
    }

    /**
     * Asks by HTTP for any status from 200 to 399 within one second.
     *
     * @param path path and query, beginning with a slash
     * @return the probe
     */
    public static ReadyConfig http(String path) {
        return new ReadyConfig(Kind.HTTP, path, 200, 399, Duration.ofSeconds(1));
    }
}
