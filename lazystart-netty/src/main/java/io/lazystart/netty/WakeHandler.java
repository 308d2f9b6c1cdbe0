// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.lazystart.watch.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpObject;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Wakes what a request asks for. Stands behind an {@code HttpServerCodec} in anybody's pipeline; one instance per
 * connection. A request that has a {@link Destination} is held until its service is ready, or answered here (loading page,
 * 202, 503, event stream); then it goes on to the next handler as it was, with an open lease, see {@link
 * #lease(Channel)}. A request without a route goes on untouched, one that is no sound HTTP/1 is refused.
 *
 * <p>Requests go on one at a time: a pipelined one waits until the response to the one before has been written. The
 * lease is closed when the response has ended; after an upgrade, when the connection has, or has left the service where a
 * {@link ForwardingHandler} passes it on. While a request is held no more than 64 KiB are read from the client, and no
 * {@code 100 Continue} is sent. The channel must be on automatic reading.
 *
 * <p>A request whose client leaves is withdrawn at once, as long as all that the client has sent is read. On a channel
 * with {@link ChannelOption#ALLOW_HALF_CLOSURE}, which is recommended, a client that has sent its whole request and closes
 * its own direction only is served all the same. What else a client does that has closed its direction, or has sent more
 * than is read, is seen over epoll as far as the kernel tells: a reset within a second. Otherwise, and over NIO always, it
 * is found out when the wait is over, by its own deadline at the latest; the lease is given back then.
 */
public final class WakeHandler extends ChannelDuplexHandler {
    private final Router routes;
    private final ExchangeListener listener;
    private final Ticker ticker;

    private @Nullable ClientConnection connection; // confined to the event loop, as everything it leads to

    /**
     * Creates a handler for one connection.
     *
     * @param routes finds the route of a request, or null for one that is not ours; called on the event loop, must not
     *     block
     */
    public WakeHandler(Router routes) {
        this(routes, ExchangeListener.NONE, Ticker.system());
    }

    /**
     * Creates a handler for one connection that reports its exchanges.
     *
     * @param routes finds the route of a request, or null for one that is not ours; called on the event loop, must not
     *     block
     * @param listener hears the end of every exchange
     * @param ticker the clock of what the listener hears and of the Date of our own answers
     */
    public WakeHandler(Router routes, ExchangeListener listener, Ticker ticker) {
        this.routes = Objects.requireNonNull(routes, "routes");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
    }

    /**
     * Gives the lease under which the channel's current request goes on. For handlers behind this one, on the event
     * loop, from the request's head to the end of its response.
     *
     * @param channel the client's connection
     * @return the open lease, or null for a request without a route; do not close it
     */
    public static @Nullable Lease lease(Channel channel) {
        ClientConnection connection = channel.attr(ClientConnection.KEY).get();
        Exchange exchange = connection == null ? null : connection.current();
        return exchange == null ? null : exchange.lease();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        connection = new ClientConnection(ctx, new Exchanges(routes, listener, ticker));
        ctx.channel().attr(ClientConnection.KEY).set(connection);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        connection().ended();
        ctx.channel().attr(ClientConnection.KEY).set(null);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpObject httpMessage) {
            connection().received(httpMessage);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        connection().write(message, promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            connection().inputClosed();
        } else if (event == ServerClosing.ANNOUNCED) {
            connection().closeSoon();
        } else if (event == ServerClosing.BEGUN) {
            connection().closeWhenIdle();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            ctx.close(); // a reset only closes the input where half-closure is allowed, but the client has left
        }
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ctx.fireChannelInactive(); // the upstream leg ends before the lease does
        connection().ended();
    }

    ClientConnection connection() {
        return Objects.requireNonNull(connection, "connection");
    }
}
