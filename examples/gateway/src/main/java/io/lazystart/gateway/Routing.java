// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.LazyStart;
import io.lazystart.http.RequestView;
import io.lazystart.http.RouteTable;
import io.lazystart.netty.Route;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the service of a request; immutable, asked on event loops. */
final class Routing implements Function<RequestView, @Nullable Route> {
    private final LazyStart lazyStart;
    private final RouteTable table;

    Routing(LazyStart lazyStart) {
        this.lazyStart = lazyStart;
        this.table = RouteTable.of(lazyStart.config().services().values());
    }

    @Override
    public @Nullable Route apply(RequestView request) {
        io.lazystart.http.Route route = table.find(request.header("host"), request.target());
        if (route == null) {
            return null;
        }
        String service = route.service();
        return new Route(lazyStart.gate(service), lazyStart.watcher(service), route.forwardedTarget(request.target()));
    }
}
