// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.event.Subscription;
import io.lazystart.http.EventFeed;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The open response of one subscriber. {@link #send} and {@link #end} are called from one thread at a time, any thread;
 * what is written is handed to the event loop in that order.
 */
final class EventStream implements EventFeed.Sink {
    /** Bytes on their way to the socket beyond which a client counts as too slow. */
    private static final int MAX_UNSENT = 256 * 1024;

    private final ChannelHandlerContext ctx;
    private final Writer writer;
    private final AtomicInteger unsent = new AtomicInteger();

    /** Set once, by whichever side ends the stream first; a frame that slips through is dropped on the loop. */
    private volatile boolean over;

    private @Nullable Subscription subscription; // confined to the event loop

    /** Writes to the client and keeps the exchange's account. */
    @FunctionalInterface
    interface Writer {
        void write(Object message, Runnable whenSent);
    }

    EventStream(ChannelHandlerContext ctx, Writer writer) {
        this.ctx = ctx;
        this.writer = writer;
    }

    void start(EventFeed feed) {
        subscription = feed.start(this);
    }

    @Override
    public boolean send(byte[] frame) {
        if (over || !ctx.channel().isActive()) {
            return false;
        }
        if (unsent.addAndGet(frame.length) > MAX_UNSENT) {
            over = true;
            ctx.close();
            return false;
        }
        return onLoop(() -> write(frame));
    }

    private void write(byte[] frame) {
        if (over) {
            return;
        }
        writer.write(new DefaultHttpContent(Unpooled.wrappedBuffer(frame)), () -> unsent.addAndGet(-frame.length));
    }

    @Override
    public void end() {
        onLoop(this::finish);
    }

    /** On the event loop: ends the response well, unless it has ended. */
    void finish() {
        if (!over) {
            over = true;
            writer.write(LastHttpContent.EMPTY_LAST_CONTENT, () -> {});
        }
    }

    /** On the event loop: the exchange is over, nobody listens any more. */
    void stop() {
        over = true;
        if (subscription != null) {
            subscription.close();
        }
    }

    private boolean onLoop(Runnable task) {
        try {
            ctx.executor().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
