// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Objects;

/**
 * Where a running unit listens.
 *
 * @param host host name or address literal; not null
 * @param port 1 to 65535
 */
public record UnitAddress(String host, int port) {
    /**
     * Checks the components.
     *
     * @param host the component
     * @param port the component
     */
    public UnitAddress {
        Objects.requireNonNull(host, "host");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }
}
