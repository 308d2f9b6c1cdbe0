// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An upgraded connection: bytes both ways as they are, as fast as the slower side takes them. One direction may end
 * before the other; both connections are closed when both have ended and what was said has been brought, or the client is
 * gone. Once neither side can say more, what is still to be brought has 30 s. Confined to the event loop.
 */
final class Tunnel {
    private static final long LAST_WORDS_SECONDS = 30;

    private final ChannelHandlerContext ctx;
    private final UpstreamConnection upstream;
    private final ClientConnection client;

    /** Whether all of the direction has been brought, or nothing can be any more. */
    private boolean toServerOver;

    private boolean toClientOver;

    private boolean serverEnded;
    private boolean closed;

    /** Set while what was said last is brought to somebody who may never take it. */
    private @Nullable ScheduledFuture<?> limit;

    Tunnel(ChannelHandlerContext ctx, UpstreamConnection upstream, ClientConnection client) {
        this.ctx = ctx;
        this.upstream = upstream;
        this.client = client;
    }

    /**
     * Takes HTTP out of both pipelines; the response that says so has been written. A client that has ended its direction
     * while it waited does not say so again.
     */
    void open() {
        client.upstreamIsSlow(!upstream.channel().isWritable());
        ChannelPipeline pipeline = ctx.pipeline();
        if (pipeline.get(HttpServerCodec.class) != null) {
            pipeline.remove(HttpServerCodec.class);
        } else {
            pipeline.remove(HttpResponseEncoder.class);
            pipeline.remove(HttpRequestDecoder.class);
        }
        upstream.switchProtocol();
        if (client.isInputClosed()) {
            clientInputClosed();
        }
    }

    void clientToServer(Object message) {
        if (message instanceof ByteBuf bytes) {
            upstream.channel().write(bytes).addListener(written -> {
                if (!written.isSuccess()) {
                    serverTakesNoMore();
                }
            });
        } else {
            ReferenceCountUtil.release(message);
            breakOff(); // the client went on in HTTP before it was told to switch
        }
    }

    void serverToClient(Object message) {
        ctx.write(message);
    }

    /** The server is told after what is on its way; if that fails it is heard all the same, as its own end will come. */
    void clientInputClosed() {
        upstream.channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> serverTakesNoMore());
        limitLastWords();
    }

    /** The client is told after what is on its way; one that takes nothing any more has left. */
    void serverInputClosed() {
        serverEnded = true;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            toClientOver = true;
            toServerOver |= !flushed.isSuccess();
            endOutput(ctx.channel());
        });
        limitLastWords();
    }

    /** What the server has said before is still brought to the client. */
    void serverGone() {
        toServerOver = true;
        serverInputClosed();
    }

    private void serverTakesNoMore() {
        toServerOver = true;
        endOutput(upstream.channel());
        limitLastWords();
    }

    /** Who takes nothing any more, and stays, is not to keep the service awake for ever. */
    private void limitLastWords() {
        boolean allIsSaid = serverEnded && (client.isInputClosed() || toServerOver);
        if (allIsSaid && !closed && limit == null) {
            limit = ctx.executor().schedule(this::breakOff, LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Ends one direction, of which nothing is on its way any more, and everything once both are over. */
    private void endOutput(Channel receiver) {
        boolean bothOver = toServerOver && toClientOver;
        if (!bothOver && receiver instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            close();
        }
    }

    /** A client that sends on is not to lose what it has not read yet. */
    private void close() {
        if (!closed) {
            leaveServer();
            LingeringClose.of(ctx, client.isInputClosed());
        }
    }

    private void breakOff() {
        if (!closed) {
            leaveServer();
            ctx.close();
        }
    }

    /** Whatever becomes of the client's connection, nothing of it uses the service any more. */
    private void leaveServer() {
        closed = true; // what the discarding fails comes back here
        if (limit != null) {
            limit.cancel(false);
        }
        upstream.discard();
        client.tunnelOver();
    }
}
