// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.LazyStart;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.failure.LazyStartException;
import io.lazystart.http.HttpGate;
import io.lazystart.http.RequestView;
import io.lazystart.http.Route;
import io.lazystart.http.RouteTable;
import io.lazystart.netty.Destination;
import io.lazystart.netty.Router;
import io.lazystart.watch.Watcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the service of a request, by the configuration that is in force. Asked on event loops. */
final class Routing implements Router {
    private final LazyStart lazyStart;

    /** Gives the configuration that is in force. */
    private final Supplier<LazyStartConfig> inForce;

    /** Replaced when the configuration has changed. */
    private volatile Table table;

    /** Who serves the routes of one configuration. */
    private record Table(RouteTable routes, Map<String, HttpGate> gates, Map<String, Watcher> watchers) {}

    Routing(LazyStart lazyStart) {
        this(lazyStart, lazyStart::config);
    }

    /** For tests, which change what is served between the reading of the configuration and of what it names. */
    Routing(LazyStart lazyStart, Supplier<LazyStartConfig> inForce) {
        this.lazyStart = lazyStart;
        this.inForce = inForce;
        this.table = read();
    }

    /** Takes in the configuration that is in force now; one that was read earlier never replaces one that was read later. */
    synchronized void update() {
        table = read();
    }

    private Table read() {
        List<ServiceConfig> routed = new ArrayList<>();
        Map<String, HttpGate> gates = new HashMap<>();
        Map<String, Watcher> watchers = new HashMap<>();
        for (ServiceConfig service : inForce.get().routed()) {
            String name = service.name();
            try {
                gates.put(name, lazyStart.gate(name));
                watchers.put(name, lazyStart.watcher(name));
                routed.add(service);
            } catch (LazyStartException gone) {
                // Another thread has removed it since, and whoever hears of that has the routes read again.
            }
        }
        return new Table(RouteTable.of(routed), gates, watchers);
    }

    @Override
    public @Nullable Destination find(RequestView request) {
        Table now = table;
        Route route = now.routes().find(request.header("host"), request.target());
        if (route == null) {
            return null;
        }
        String service = route.service();
        return new Destination(
                Objects.requireNonNull(now.gates().get(service)),
                Objects.requireNonNull(now.watchers().get(service)),
                route.forwardedTarget(request.target()));
    }
}
