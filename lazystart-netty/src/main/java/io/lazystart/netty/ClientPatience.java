// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ByteProcessor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that ask for nothing: with 408 where the head of a request has begun and does not end, in silence
 * where not a byte of one has come. Stands before the codec, whose half-read heads nobody else sees. Looks only at
 * connections between two requests; an open exchange and an upgraded connection last as long as they last. Confined to the
 * event loop.
 *
 * <p>Requests set no timer. There is one, for the earliest moment at which the time can be over; it then looks at the
 * stamps and is set for the rest. Only a head that comes in pieces may set it anew.
 */
final class ClientPatience extends ChannelInboundHandlerAdapter {
    private final long headNanos;
    private final long keepAliveNanos;
    private final Ticker ticker;
    private final ClientConnection connection;

    private @Nullable ScheduledFuture<?> timer;
    private long timerAt;
    private boolean headBegun;
    private long headSince;

    /**
     * How long nothing may come.
     *
     * @param headNanos from the first byte of a head to its last
     * @param keepAliveNanos between requests
     */
    record Limits(long headNanos, long keepAliveNanos) {
        /** Far below the overflow of what is computed with it. */
        private static final Duration FOREVER = Duration.ofDays(36_500);

        Limits(Duration head, Duration keepAlive) {
            this(nanos(head), nanos(keepAlive));
        }

        private static long nanos(Duration limit) {
            return (limit.compareTo(FOREVER) < 0 ? limit : FOREVER).toNanos();
        }
    }

    ClientPatience(Limits limits, Ticker ticker, ClientConnection connection) {
        this.headNanos = limits.headNanos;
        this.keepAliveNanos = limits.keepAliveNanos;
        this.ticker = ticker;
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        look(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean begins = !headBegun && connection.isWaiting() && isText(message);
        long exchanges = connection.exchanges();
        ctx.fireChannelRead(message);
        if (connection.exchanges() != exchanges) {
            headBegun = false;
        } else if (begins) {
            headBegun = true;
            headSince = ticker.nanos();
            lookWithin(ctx, headNanos);
        }
    }

    /** Empty lines before a request are nothing; some clients end a body with one. */
    private static boolean isText(Object message) {
        return message instanceof ByteBuf bytes && bytes.forEachByte(ByteProcessor.FIND_NON_CRLF) >= 0;
    }

    private void look(ChannelHandlerContext ctx) {
        timer = null;
        if (connection.isPastRequests()) {
            return;
        }
        long left = connection.isWaiting() ? left() : Math.min(headNanos, keepAliveNanos);
        if (left > 0) {
            lookWithin(ctx, left);
        } else if (headBegun) {
            connection.received(unfinished());
        } else {
            ctx.close();
        }
    }

    private long left() {
        long now = ticker.nanos();
        return headBegun ? headNanos - (now - headSince) : keepAliveNanos - (now - connection.waitingSince());
    }

    private void lookWithin(ChannelHandlerContext ctx, long nanos) {
        long at = ticker.nanos() + nanos;
        if (timer != null) {
            if (timerAt - at <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerAt = at;
        timer = ctx.executor().schedule(() -> look(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    /** What the codec would have made of it, had it been malformed: refused and reported the same way. */
    private static FullHttpRequest unfinished() {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "-", Unpooled.EMPTY_BUFFER);
        request.setDecoderResult(DecoderResult.failure(ReadTimeoutException.INSTANCE));
        return request;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
