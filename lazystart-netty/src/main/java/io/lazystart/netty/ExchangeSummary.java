// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import org.jspecify.annotations.Nullable;

/**
 * What became of one request.
 *
 * @param method as sent; {@code -} where nothing that is HTTP was sent
 * @param target the request target as sent
 * @param service name of the service; null where no route was found
 * @param remoteAddress the client's address, without port
 * @param status of the response; {@value #CLIENT_LEFT} where the connection ended before a response began
 * @param bytes of the response's body; after an upgrade, all that went to the client
 * @param totalNanos from the request's head to the end of the response, or until an upgraded connection gave the service back
 * @param waitedNanos how much of it the request was held
 * @param whole false where the response was cut short or never came; for an upgraded connection, whose end means what its
 *     protocol says, false only where it was cut off here
 */
public record ExchangeSummary(
        String method,
        String target,
        @Nullable String service,
        String remoteAddress,
        int status,
        long bytes,
        long totalNanos,
        long waitedNanos,
        boolean whole) {
    /** Stands for a status where no response began. */
    public static final int CLIENT_LEFT = 499;
}
