// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HttpAnswer;
import io.lazystart.http.Outcome;
import io.lazystart.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes our own responses and follows those of others to their end. Confined to the event loop. */
final class ResponseWriter {
    private static final Logger log = LoggerFactory.getLogger(ResponseWriter.class);

    private final ChannelHandlerContext ctx;
    private final Ticker ticker;
    private final ClientConnection connection;

    /** Whether the connection ends with the response under way. */
    private boolean lastResponse;

    ResponseWriter(ChannelHandlerContext ctx, Ticker ticker, ClientConnection connection) {
        this.ctx = ctx;
        this.ticker = ticker;
        this.connection = connection;
    }

    void answer(Exchange exchange, HttpAnswer answer, boolean keepAlive) {
        boolean keeps = keepAlive && connection.mayContinue(exchange);
        connection.write(Answers.whole(exchange, answer, keeps, ticker), ctx.newPromise());
        ctx.flush();
    }

    EventStream open(Exchange exchange, Outcome.Events events) {
        boolean keeps = !exchange.announcesBody() && connection.mayContinue(exchange);
        EventStream stream = new EventStream(ctx, this::writeFrame);
        exchange.onOver(stream::stop);
        connection.write(Answers.open(exchange, events.head(), keeps, ticker), ctx.newPromise());
        ctx.flush();
        if (exchange.isHead()) {
            stream.finish();
        } else {
            start(stream, events);
        }
        return stream;
    }

    private void start(EventStream stream, Outcome.Events events) {
        try {
            stream.start(events.feed());
        } catch (RuntimeException e) {
            log.warn("an event feed failed to start", e);
            ctx.close();
        }
    }

    private void writeFrame(Object message, Runnable whenSent) {
        ChannelPromise promise = ctx.newPromise();
        promise.addListener(done -> whenSent.run());
        connection.write(message, promise);
        ctx.flush();
    }

    /** Takes a message of a response, whoever wrote it, into the account; gives the promise to write it with. */
    ChannelPromise accounted(Exchange exchange, Object message, ChannelPromise promise) {
        if (connection.isUpgraded()) {
            exchange.sent(size(message));
            return promise;
        }
        if (message instanceof HttpResponse response) {
            if (isInterim(response)) {
                return promise;
            }
            begin(exchange, response);
        }
        if (!exchange.responseBegun()) {
            return promise; // the end of an interim response
        }
        exchange.sent(size(message));
        if (!(message instanceof LastHttpContent) || connection.isUpgraded()) {
            return promise;
        }
        boolean isLast = lastResponse;
        lastResponse = false;
        return promise.unvoid().addListener(done -> connection.responseWritten(exchange, done.isSuccess(), isLast));
    }

    private void begin(Exchange exchange, HttpResponse response) {
        boolean switched = isSwitch(exchange, response);
        boolean endsWithConnection = !switched && endsWithConnection(exchange, response);
        exchange.responseBegins(response.status().code(), endsWithConnection);
        if (switched) {
            connection.upgraded();
            return;
        }
        if (!connection.mayContinue(exchange)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        lastResponse = endsWithConnection || !HttpUtil.isKeepAlive(response);
    }

    private static boolean isSwitch(Exchange exchange, HttpResponse response) {
        boolean tunnel = exchange.head().method().equals(HttpMethod.CONNECT)
                && response.status().codeClass() == HttpStatusClass.SUCCESS;
        return tunnel || response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    private static boolean endsWithConnection(Exchange exchange, HttpResponse response) {
        int status = response.status().code();
        boolean bodyless = exchange.isHead() || status == 204 || status == 205 || status == 304;
        return !bodyless && !HttpUtil.isContentLengthSet(response) && !HttpUtil.isTransferEncodingChunked(response);
    }

    private static boolean isInterim(HttpResponse response) {
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    private static long size(Object message) {
        if (message instanceof ByteBufHolder holder) {
            return holder.content().readableBytes();
        }
        if (message instanceof ByteBuf buffer) {
            return buffer.readableBytes();
        }
        return message instanceof FileRegion region ? region.count() : 0;
    }
}
