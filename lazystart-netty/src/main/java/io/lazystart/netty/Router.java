// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.RequestView;
import org.jspecify.annotations.Nullable;

/** Says where a request belongs. */
@FunctionalInterface
public interface Router {

    /**
     * Finds the destination of a request. Called on an event loop for each request; does not block.
     *
     * @param request the request's head
     * @return the destination, or null where no service is meant
     */
    @Nullable
    Destination find(RequestView request);
}
