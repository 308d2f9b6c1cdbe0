// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to a service: used by one exchange at a time, or idle in the pool. Confined to the event loop. */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(UpstreamConnection.class);

    /** Who uses the connection. */
    interface User {
        /** Takes a message; it is the user's to release. */
        void serverToProxy(Object message);

        void serverPaused();

        /** What was sent has gone far enough, or not far enough, for more. */
        void serverWritability(boolean writable);

        /** The server sends no more. */
        void serverInputClosed();

        /** The connection is gone; the last call. */
        void serverGone(String observed);
    }

    private final UpstreamKey key;
    private final UpstreamPool pool;
    private final Channel channel;
    private @Nullable User user;
    private String observed = "closed the connection";
    private long idleSince;
    private boolean reused;

    UpstreamConnection(UpstreamKey key, UpstreamPool pool, Channel channel) {
        this.key = key;
        this.pool = pool;
        this.channel = channel;
    }

    UpstreamKey key() {
        return key;
    }

    Channel channel() {
        return channel;
    }

    /** Whether an exchange before has used it, so that the server may be closing it this moment. */
    boolean isReused() {
        return reused;
    }

    long idleSince() {
        return idleSince;
    }

    void usedBy(User next) {
        user = next;
    }

    void idle(long now) {
        user = null;
        reused = true;
        idleSince = now;
        channel.config().setAutoRead(true); // its end must be noticed
    }

    void readOn(boolean on) {
        channel.config().setAutoRead(on);
    }

    /** From here on bytes go both ways as they are. */
    void switchProtocol() {
        channel.pipeline().remove(HttpClientCodec.class);
    }

    /** Closes it without telling the user. */
    void discard() {
        user = null;
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (user != null) {
            user.serverToProxy(message);
        } else {
            ReferenceCountUtil.release(message);
            ctx.close(); // nobody has asked
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (user != null) {
            user.serverPaused();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (user != null) {
            user.serverWritability(ctx.channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            return; // an output shut down by a failed write: what the server has still said is read first
        }
        if (user != null) {
            user.serverInputClosed();
        } else {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("upstream {} failed", key.upstream(), cause);
        observed = "broke the connection";
        gone();
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
        pool.forget(this);
    }

    private void gone() {
        User last = user;
        user = null;
        if (last != null) {
            last.serverGone(observed);
        }
    }
}
