// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HttpAnswer;
import io.lazystart.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Date;

/** Turns the core's answers into Netty's responses. */
final class Answers {
    private Answers() {}

    static HttpResponse whole(Exchange exchange, HttpAnswer answer, boolean keepAlive, Ticker ticker) {
        boolean bodyless = exchange.isHead() || answer.status() == 204 || answer.status() == 304;
        ByteBuf body = bodyless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body());
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
        copyHead(answer, response.headers(), ticker);
        if (answer.status() != 204 && answer.status() != 304) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        connection(exchange, response.headers(), keepAlive);
        return response;
    }

    /** The head of a response whose body follows piece by piece. */
    static HttpResponse open(Exchange exchange, HttpAnswer answer, boolean keepAlive, Ticker ticker) {
        DefaultHttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        copyHead(answer, response.headers(), ticker);
        if (!exchange.isOld()) {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        connection(exchange, response.headers(), keepAlive && !exchange.isOld());
        return response;
    }

    private static void copyHead(HttpAnswer answer, HttpHeaders headers, Ticker ticker) {
        answer.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        headers.set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(ticker.wall())));
    }

    /** Says what becomes of the connection, as far as the client would assume otherwise. */
    static void connection(Exchange exchange, HttpHeaders headers, boolean keepAlive) {
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (exchange.isOld()) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }
}
