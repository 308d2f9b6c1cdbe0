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

/**
 * An upgraded connection: bytes both ways as they are, as fast as the slower side takes them. One direction may end
 * before the other; both connections are closed when both have ended, or one has failed. Confined to the event loop.
 */
final class Tunnel {
    private final ChannelHandlerContext ctx;
    private final UpstreamConnection upstream;
    private boolean clientEnded;
    private boolean serverEnded;

    Tunnel(ChannelHandlerContext ctx, UpstreamConnection upstream) {
        this.ctx = ctx;
        this.upstream = upstream;
    }

    /**
     * Takes HTTP out of both pipelines; the response that says so has been written. A client that has ended its direction
     * while it waited does not say so again.
     */
    void open(ClientConnection client) {
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
            upstream.channel().write(bytes);
        } else {
            ReferenceCountUtil.release(message);
            close(); // the client went on in HTTP before it was told to switch
        }
    }

    void serverToClient(Object message) {
        ctx.write(message);
    }

    void clientInputClosed() {
        clientEnded = true;
        endOutput(upstream.channel());
    }

    void serverInputClosed() {
        serverEnded = true;
        endOutput(ctx.channel());
    }

    /** What the server has said before is still brought to the client. */
    void serverGone() {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> ctx.close());
    }

    /** Ends one direction after what is on its way, and everything once both have ended. */
    private void endOutput(Channel receiver) {
        receiver.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            boolean bothEnded = clientEnded && serverEnded;
            if (flushed.isSuccess() && !bothEnded && receiver instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                close();
            }
        });
    }

    private void close() {
        upstream.discard();
        ctx.close();
    }
}
