// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.LazyStart;
import io.lazystart.http.RequestView;
import io.lazystart.http.Route;
import io.lazystart.http.RouteTable;
import io.lazystart.netty.Destination;
import io.lazystart.netty.Router;
import org.jspecify.annotations.Nullable;

/** Finds the service of a request; immutable, asked on event loops. */
final class Routing implements Router {
    private final LazyStart lazyStart;
    private final RouteTable table;

    Routing(LazyStart lazyStart) {
        this.lazyStart = lazyStart;
        this.table = RouteTable.of(lazyStart.config().routed());
    }

    @Override
    public @Nullable Destination find(RequestView request) {
        Route route = table.find(request.header("host"), request.target());
        if (route == null) {
            return null;
        }
        String service = route.service();
        return new Destination(
                lazyStart.gate(service), lazyStart.watcher(service), route.forwardedTarget(request.target()));
    }
}
