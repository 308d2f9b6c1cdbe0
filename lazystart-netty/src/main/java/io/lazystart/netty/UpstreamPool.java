// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop to services. Confined to that loop. */
final class UpstreamPool {
    static final int MAX_IDLE = 256;
    private static final int MAX_IDLE_PER_KEY = 32;
    private static final long MAX_IDLE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long SWEEP_SECONDS = 10;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final EventLoop loop;
    private final Ticker ticker;
    private final HostNames names;
    private final int maxIdle;
    private final Map<UpstreamKey, ArrayDeque<UpstreamConnection>> idle = new HashMap<>(); // the latest used first
    private int idleCount;
    private boolean closed;
    private @Nullable ScheduledFuture<?> sweeper;

    UpstreamPool(EventLoop loop, Ticker ticker, HostNames names, int maxIdle) {
        this.loop = loop;
        this.ticker = ticker;
        this.names = names;
        this.maxIdle = maxIdle;
    }

    /** Who asked for a new connection. */
    interface Dialer {
        void connected(UpstreamConnection connection);

        void refused(Throwable cause);
    }

    /** The idle connection used last, if that was not longer ago than the given time; null without one. */
    @Nullable
    UpstreamConnection take(UpstreamKey key, long maxIdleNanos) {
        ArrayDeque<UpstreamConnection> connections = idle.get(key);
        UpstreamConnection connection = connections == null ? null : connections.peekFirst();
        if (connection == null || ticker.nanos() - connection.idleSince() > maxIdleNanos) {
            return null;
        }
        forget(connection);
        return connection.channel().isActive() ? connection : null;
    }

    /** Opens a connection; the dialer hears how it ended. */
    Dial dial(UpstreamKey key, Class<? extends Channel> type, Dialer dialer) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(type)
                .disableResolver()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // A failed write must not close the input: a server that refuses a body has often answered already.
                .option(ChannelOption.AUTO_CLOSE, false)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpClientCodec(decoderLimits(), false, false),
                                        new UpstreamConnection(key, UpstreamPool.this, channel));
                    }
                });
        Dial dial = new Dial(bootstrap, dialer);
        dial.start(key.address(), names, loop);
        return dial;
    }

    /** Applications send larger headers than browsers do; what they send is theirs to limit. */
    private static HttpDecoderConfig decoderLimits() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(16 * 1024)
                .setMaxHeaderSize(256 * 1024)
                .setMaxChunkSize(64 * 1024);
    }

    /** Takes a connection back whose exchange has ended well. */
    void give(UpstreamConnection connection) {
        if (closed || !connection.channel().isActive() || idleCount >= maxIdle) {
            connection.discard();
            return;
        }
        ArrayDeque<UpstreamConnection> connections = idle.computeIfAbsent(connection.key(), key -> new ArrayDeque<>());
        connection.idle(ticker.nanos());
        connections.addFirst(connection);
        idleCount++;
        if (connections.size() > MAX_IDLE_PER_KEY) {
            evict(connections.getLast());
        }
        if (sweeper == null) {
            sweeper = loop.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Takes a connection off the idle ones, if it is one of them. */
    void forget(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> connections = idle.get(connection.key());
        if (connections != null && connections.remove(connection)) {
            idleCount--;
            if (connections.isEmpty()) {
                idle.remove(connection.key());
            }
        }
    }

    private void evict(UpstreamConnection connection) {
        forget(connection);
        connection.discard();
    }

    private void sweep() {
        long now = ticker.nanos();
        for (Iterator<ArrayDeque<UpstreamConnection>> all = idle.values().iterator(); all.hasNext(); ) {
            ArrayDeque<UpstreamConnection> connections = all.next();
            while (!connections.isEmpty() && now - connections.getLast().idleSince() > MAX_IDLE_NANOS) {
                idleCount--;
                connections.removeLast().discard();
            }
            if (connections.isEmpty()) {
                all.remove();
            }
        }
        if (idle.isEmpty() && sweeper != null) {
            sweeper.cancel(false);
            sweeper = null;
        }
    }

    void close() {
        closed = true;
        idle.values().forEach(connections -> connections.forEach(UpstreamConnection::discard));
        idle.clear();
        idleCount = 0;
        if (sweeper != null) {
            sweeper.cancel(false);
        }
    }

    int idleCount() {
        return idleCount;
    }
}
