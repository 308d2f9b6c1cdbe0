// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose last response, or last word after an upgrade, has been written, without losing it: a socket
 * closed with unread input answers with a reset, which discards what the client has not read yet. So only the output is
 * closed; what still comes in is thrown away until the client closes, is silent for 5 s or has had 30 s.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {
    private static final long SILENCE_SECONDS = 5;
    private static final long LIMIT_SECONDS = 30;

    private @Nullable ScheduledFuture<?> silence;
    private @Nullable ScheduledFuture<?> limit;
    private boolean heard;

    private LingeringClose() {}

    /** Starts, once per connection; on the event loop, after what was written last was flushed. */
    static void of(ChannelHandlerContext ctx, boolean inputClosed) {
        Channel channel = ctx.channel();
        boolean canLinger = channel instanceof DuplexChannel && ctx.pipeline().get(SslHandler.class) == null;
        if (inputClosed || !canLinger || !channel.isActive()) {
            channel.close();
            return;
        }
        ctx.pipeline().addFirst(new LingeringClose());
        channel.config().setAutoRead(true);
        endOutput((DuplexChannel) channel);
    }

    private static void endOutput(DuplexChannel channel) {
        if (channel.isOutputShutdown()) {
            return;
        }
        channel.shutdownOutput().addListener(done -> {
            if (!done.isSuccess()) {
                channel.close();
            }
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        limit = ctx.executor().schedule(() -> ctx.close(), LIMIT_SECONDS, TimeUnit.SECONDS);
        silence = ctx.executor()
                .scheduleWithFixedDelay(() -> closeIfSilent(ctx), SILENCE_SECONDS, SILENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void closeIfSilent(ChannelHandlerContext ctx) {
        if (!heard) {
            ctx.close();
        }
        heard = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        heard = true;
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel(silence);
        cancel(limit);
        ctx.fireChannelInactive();
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
