// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.LazyStart;
import io.lazystart.LazyStartBuilder;
import io.lazystart.Reload;
import io.lazystart.ReloadListener;
import io.lazystart.failure.LazyStartException;
import io.lazystart.netty.NettyServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that serves, until it is closed. */
final class GatewayServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GatewayServer.class);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final LazyStart lazyStart;
    private final NettyServer server;

    private GatewayServer(LazyStart lazyStart, NettyServer server) {
        this.lazyStart = lazyStart;
        this.server = server;
    }

    /**
     * Opens the services and listens.
     *
     * @throws UsageException if the address cannot be had
     * @throws io.lazystart.failure.ConfigException if the configuration is refused
     */
    static GatewayServer start(Options options) {
        ListenAddress.refuseTaken(options.listen());
        Rehearsal rehearsal = Rehearsal.begin();
        try {
            GatewayServer opened = open(options);
            rehearsal.goOn();
            return opened;
        } catch (RuntimeException | Error e) {
            rehearsal.close();
            throw e;
        }
    }

    private static GatewayServer open(Options options) {
        Changes changes = new Changes();
        LazyStartBuilder builder =
                Served.by(options.config(), DemoService::extract).discoveryListener(changes::onReloaded);
        if (options.config() != null) {
            builder.reloadOnChange(changes);
        }
        LazyStart lazyStart = builder.build();
        try {
            Routing routing = new Routing(lazyStart);
            changes.routes(routing);
            return new GatewayServer(lazyStart, listen(options.listen(), routing));
        } catch (IOException taken) {
            lazyStart.close();
            throw ListenAddress.refused(options.listen(), taken);
        } catch (RuntimeException | Error e) {
            lazyStart.close();
            throw e;
        }
    }

    /** Has the routes follow the configuration file and what is found besides; what became of it is in the log already. */
    private static final class Changes implements ReloadListener {
        private volatile @Nullable Routing routing;

        void routes(Routing routes) {
            routing = routes;
            routes.update(); // a change before this line was told to nobody
        }

        @Override
        public void onReloaded(Reload reload) {
            Routing routes = routing;
            if (routes != null) {
                routes.update();
            }
        }

        @Override
        public void onRefused(LazyStartException refusal) {}
    }

    private static NettyServer listen(InetSocketAddress address, Routing routing) throws IOException {
        return NettyServer.builder()
                .listen(address)
                .gates(routing)
                .listener(new AccessLog())
                .start();
    }

    InetSocketAddress address() {
        return server.address();
    }

    /**
     * Stops accepting, tells waiting callers that the host is closing, lets forwarded requests finish for up to 10 s,
     * then stops or leaves each service by its on-close.
     */
    @Override
    public void close() {
        log.info("closing: open requests get {} s", GRACE.toSeconds());
        server.close(GRACE);
        lazyStart.close();
        log.info("closed");
    }
}
