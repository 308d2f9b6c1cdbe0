// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards the requests that a {@link WakeHandler} before it lets pass to the address of their lease, and answers 404
 * to those without a route. The last handler of a pipeline; one instance per connection.
 *
 * <p>Bodies stream both ways with back-pressure. Headers that end at each hop are dropped in both directions (those
 * that Connection lists too), {@code Via} is added in both, the client's address is appended to {@code X-Forwarded-For},
 * {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} are set unless a proxy in front has done so, Host stays as
 * sent. Interim responses are relayed, and upgrades as raw bytes; only an upgrade to HTTP/2 is not asked for. There is
 * no time limit on a response, nor on an upgraded connection until neither side can say more: it is cut off once nothing of
 * what is left has been taken for 30 seconds to a minute. A client is to wait for the answer to its request to upgrade (RFC
 * 9110, 7.8): one that goes on in HTTP is cut off when that is granted. An upstream that cannot be connected to is looked at and tried once more, since nothing
 * of the request has been sent; a connection that was idle and turns out closed is replaced if the request can safely be
 * sent again, by asking for the service anew where its unit has ended meanwhile. A response that breaks off ends the client's connection, so that it never looks whole.
 */
public final class ForwardingHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ForwardingHandler.class);

    private final Upstreams upstreams;

    private @Nullable Forwarding current; // confined to the event loop

    /**
     * Creates a handler for one connection.
     *
     * @param upstreams the connections to services; shared with other handlers
     */
    public ForwardingHandler(Upstreams upstreams) {
        this.upstreams = Objects.requireNonNull(upstreams, "upstreams");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            begin(ctx, request);
        }
        if (message instanceof HttpRequest && !(message instanceof HttpContent)) {
            return;
        }
        if (current != null) {
            current.clientToProxy(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        ClientConnection client = ctx.channel().attr(ClientConnection.KEY).get();
        Exchange exchange = client == null ? null : client.current();
        if (client == null || exchange == null) {
            throw new IllegalStateException(
                    "pipeline: " + ctx.pipeline().names() + " (expected: a WakeHandler before)");
        }
        current = null;
        if (exchange.lease() == null) {
            client.answered(Problem.NO_ROUTE.answer());
        } else if (request.method().equals(HttpMethod.CONNECT)) {
            client.answered(Problem.NO_TUNNEL.answer());
        } else {
            current = new Forwarding(
                    ctx, client, exchange, upstreams.pool(ctx.channel().eventLoop()));
            current.start();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (current != null) {
            current.clientPaused();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (current != null) {
            current.clientWritability(ctx.channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && current != null) {
            current.clientInputClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("client connection {} failed", ctx.channel(), cause);
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (current != null) {
            current.abandon();
            current = null;
        }
    }
}
