// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An upgraded connection: bytes both ways as they are, as fast as the slower side takes them. One direction may end
 * before the other; both connections are closed when both have ended and what was said has been brought, or the client is
 * gone. Once neither side can say more, it is looked each 30 s whether any of what is left has been taken since, and it is
 * over if not. Confined to the event loop.
 */
final class Tunnel {
    private static final long LAST_WORDS_SECONDS = 30;
    private static final long LOOK_SECONDS = 1;

    private final ChannelHandlerContext ctx;
    private final UpstreamConnection upstream;
    private final ClientConnection client;

    /** What the client's codec still held, while the server's is in the way. */
    private final Deque<Object> early = new ArrayDeque<>();

    private boolean opening;

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
     * while it waited does not say so again, and one that has gone on in HTTP is cut off.
     */
    void open() {
        if (client.isAhead()) {
            breakOff(); // what the new protocol should have got was read as HTTP
            return;
        }
        opening = true;
        client.upstreamIsSlow(!upstream.channel().isWritable());
        ChannelPipeline pipeline = ctx.pipeline();
        if (pipeline.get(HttpServerCodec.class) != null) {
            pipeline.remove(HttpServerCodec.class);
        } else {
            pipeline.remove(HttpResponseEncoder.class);
            pipeline.remove(HttpRequestDecoder.class);
        }
        upstream.switchProtocol();
        for (Object message = early.poll(); message != null; message = early.poll()) {
            toServer(message);
        }
        upstream.channel().flush();
        opening = false;
        if (client.isInputClosed()) {
            clientInputClosed();
        }
    }

    void clientToServer(Object message) {
        if (opening) {
            early.add(message);
        } else {
            toServer(message);
        }
    }

    private void toServer(Object message) {
        upstream.channel().write(message).addListener(written -> {
            if (!written.isSuccess()) {
                serverTakesNoMore();
            }
        });
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
        Transport.keepAsking(upstream.channel());
        lookAfterServer();
    }

    /** A server that has ended both directions tells no more than one that listens on, until it is written to. */
    private void lookAfterServer() {
        if (closed || toServerOver || !ctx.channel().isActive()) {
            return;
        }
        if (Transport.isGone(upstream.channel())) {
            serverTakesNoMore();
        } else {
            ctx.executor().schedule(this::lookAfterServer, LOOK_SECONDS, TimeUnit.SECONDS);
        }
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
            long left = left();
            limit = ctx.executor().schedule(() -> limitOver(left), LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void limitOver(long before) {
        limit = null;
        if (left() < before) {
            limitLastWords();
        } else {
            breakOff();
        }
    }

    /** How much the two sides have not taken yet. */
    private long left() {
        return Transport.unsent(ctx.channel()) + Transport.unsent(upstream.channel());
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
            leaveServer(true);
            LingeringClose.of(ctx, client.isInputClosed());
        }
    }

    private void breakOff() {
        if (!closed) {
            leaveServer(false);
            ctx.close();
        }
    }

    /** Whatever becomes of the client's connection, nothing of it uses the service any more. */
    private void leaveServer(boolean whole) {
        closed = true; // what the discarding fails comes back here
        if (limit != null) {
            limit.cancel(false);
        }
        upstream.discard();
        client.tunnelOver(whole);
    }
}
