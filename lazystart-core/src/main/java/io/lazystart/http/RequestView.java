// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import org.jspecify.annotations.Nullable;

/** What the rules need to see of a request; adapters implement it over their server's own type without copying. */
public interface RequestView {

    /**
     * Names the method.
     *
     * @return as sent, case kept
     */
    String method();

    /**
     * Gives the request target.
     *
     * @return path and query in origin form, as sent
     */
    String target();

    /**
     * Reads a header.
     *
     * @param name the header's name, in any case
     * @return its value, several lines joined by commas; null where it is absent
     */
    @Nullable
    String header(String name);

    /**
     * Names the caller, for the cause of a wake.
     *
     * @return address without port
     */
    String remoteAddress();
}
