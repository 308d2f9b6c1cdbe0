// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The connections to services that {@link ForwardingHandler}s share: one pool for each event loop, so that both legs of
 * an exchange live on the same one. Thread-safe.
 */
public final class Upstreams implements AutoCloseable {
    private final Ticker ticker;
    private final HostNames names;
    private final int maxIdlePerLoop;
    private final ConcurrentMap<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();

    /**
     * Creates empty pools.
     *
     * @param ticker the clock by which idle connections age
     */
    public Upstreams(Ticker ticker) {
        this(ticker, new HostNames(InetAddress::getAllByName, HostNames.Limits.DEFAULT), UpstreamPool.MAX_IDLE);
    }

    Upstreams(Ticker ticker, HostNames names, int maxIdlePerLoop) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.names = names;
        this.maxIdlePerLoop = maxIdlePerLoop;
    }

    UpstreamPool pool(EventLoop loop) {
        return pools.computeIfAbsent(loop, owner -> new UpstreamPool(owner, ticker, names, maxIdlePerLoop));
    }

    /** Closes idle connections now and those in use when their exchange ends. Does not wait. */
    @Override
    public void close() {
        pools.forEach((loop, pool) -> {
            if (!loop.isShuttingDown()) {
                loop.execute(pool::close);
            }
        });
        names.close();
    }
}
