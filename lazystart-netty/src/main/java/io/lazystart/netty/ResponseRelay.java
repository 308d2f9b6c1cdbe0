// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** Brings one exchange's response, and the interim ones before it, to the client. Confined to the event loop. */
final class ResponseRelay {

    /** How far the response is. */
    enum Progress {
        /** More follows. */
        MORE,
        /** This was the end. */
        ENDED,
        /** The server has switched protocols, and the client has been told. */
        SWITCHED,
        /** This is no HTTP, or not what was asked for. */
        MALFORMED
    }

    private final ChannelHandlerContext ctx;
    private final ClientConnection client;
    private final Exchange exchange;
    private boolean begun;
    private boolean interim;
    private boolean switching;
    private boolean serverKeepsAlive;

    ResponseRelay(ChannelHandlerContext ctx, ClientConnection client, Exchange exchange) {
        this.ctx = ctx;
        this.client = client;
        this.exchange = exchange;
    }

    boolean begun() {
        return begun;
    }

    boolean serverKeepsAlive() {
        return serverKeepsAlive;
    }

    /** Takes the message over. */
    Progress proxyToClient(HttpObject message, boolean requestSent) {
        if (message.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            return Progress.MALFORMED;
        }
        if (message instanceof HttpResponse head) {
            return head(head, requestSent);
        }
        HttpContent content = (HttpContent) message;
        boolean last = content instanceof LastHttpContent;
        if (interim || switching) {
            content.release();
            interim = interim && !last;
            return switching && last ? Progress.SWITCHED : Progress.MORE;
        }
        if (last) {
            ProxyHeaders.dropHopByHop(((LastHttpContent) content).trailingHeaders());
        }
        ctx.write(content);
        return last ? Progress.ENDED : Progress.MORE;
    }

    private Progress head(HttpResponse head, boolean requestSent) {
        if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            return switched(head, requestSent);
        }
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            interim(head);
            return Progress.MORE;
        }
        begun = true;
        serverKeepsAlive = HttpUtil.isKeepAlive(head) && (isBodyless(head) || isSelfDelimited(head));
        HttpHeaders headers = ProxyHeaders.toClient(head);
        boolean keepAlive = frame(head, headers) && requestSent && client.mayContinue(exchange);
        Answers.connection(exchange, headers, keepAlive);
        ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status(), headers));
        return Progress.MORE;
    }

    /** Sets the transfer coding; false if only the end of the connection can end the body. */
    private boolean frame(HttpResponse head, HttpHeaders headers) {
        if (isBodyless(head) || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return true;
        }
        if (exchange.isOld()) {
            return false;
        }
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        return true;
    }

    private boolean isBodyless(HttpResponse head) {
        int status = head.status().code();
        return exchange.isHead() || status == 204 || status == 205 || status == 304;
    }

    private static boolean isSelfDelimited(HttpResponse head) {
        return HttpUtil.isContentLengthSet(head) || HttpUtil.isTransferEncodingChunked(head);
    }

    private void interim(HttpResponse head) {
        interim = true;
        if (!exchange.isOld()) {
            HttpHeaders headers = ProxyHeaders.toClient(head);
            ctx.writeAndFlush(full(head, headers));
        }
    }

    private Progress switched(HttpResponse head, boolean requestSent) {
        if (!requestSent || ProxyHeaders.upgradeProtocol(exchange.head()) == null) {
            return Progress.MALFORMED;
        }
        switching = true;
        begun = true;
        ctx.writeAndFlush(full(head, ProxyHeaders.upgradeToClient(head)));
        return Progress.MORE;
    }

    private static DefaultFullHttpResponse full(HttpResponse head, HttpHeaders headers) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, head.status(), Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE);
    }
}
