// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.lazystart.watch.Lease;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and what answers it: its lease, its wait, its account. Confined to the event loop. */
final class Exchange {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final HttpRequest head;
    private final ClientRequest request;
    private final @Nullable Destination route;
    private final @Nullable Problem problem;
    private final ExchangeListener listener;
    private final Ticker ticker;
    private final long startedAt;

    private @Nullable CompletableFuture<Lease> hold;
    private @Nullable Lease lease;
    private @Nullable Runnable onOver;
    private boolean requestWhole;
    private boolean closeDelimited;
    private boolean over;
    private boolean turnedAway;
    private long waitedNanos;
    private long bytes;
    private int status;

    Exchange(
            HttpRequest head,
            ClientRequest request,
            @Nullable Destination route,
            @Nullable Problem problem,
            Exchanges origin) {
        this.head = head;
        this.request = request;
        this.route = route;
        this.problem = problem;
        this.listener = origin.listener();
        this.ticker = origin.ticker();
        this.startedAt = ticker.nanos();
    }

    HttpRequest head() {
        return head;
    }

    ClientRequest request() {
        return request;
    }

    @Nullable
    Destination route() {
        return route;
    }

    /** Why the request is refused without asking anybody, or null. */
    @Nullable
    Problem problem() {
        return problem;
    }

    @Nullable
    Lease lease() {
        return lease;
    }

    /** Takes a lease in the place of what the exchange had before. */
    void lease(Lease taken) {
        Lease before = lease;
        lease = taken;
        if (before != null) {
            before.close();
        }
    }

    /** The client waits for this future; it is cancelled when the client leaves. */
    void heldBy(CompletableFuture<Lease> future) {
        hold = future;
    }

    void released(long heldNanos) {
        hold = null;
        waitedNanos += heldNanos;
    }

    /** Ends the wait, if there is one that has not ended: the server closes, and the client is told so. */
    void turnAway() {
        if (hold != null) {
            turnedAway |= hold.cancel(false);
        }
    }

    /** Whether the wait was ended because the server closes. */
    boolean isTurnedAway() {
        return turnedAway;
    }

    /** Runs once the exchange is over, whichever way. At most one at a time. */
    void onOver(Runnable action) {
        onOver = action;
    }

    boolean requestWhole() {
        return requestWhole;
    }

    void requestIsWhole() {
        requestWhole = true;
    }

    boolean responseBegun() {
        return status != 0;
    }

    void responseBegins(int code, boolean delimitedByClose) {
        status = code;
        closeDelimited = delimitedByClose;
    }

    /** Whether the client takes the end of the connection for the end of the response. */
    boolean closeDelimited() {
        return closeDelimited;
    }

    void sent(long count) {
        bytes += count;
    }

    long bytesSent() {
        return bytes;
    }

    /** Whether the client speaks HTTP/1.0. */
    boolean isOld() {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    boolean isHead() {
        return request.method().equals("HEAD");
    }

    boolean clientKeepsAlive() {
        return HttpUtil.isKeepAlive(head);
    }

    /** Whether the request's head announces a body, even an empty one. */
    boolean announcesBody() {
        return head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) || announcedLength() > 0;
    }

    /** The announced length of the body; 0 without one. */
    long announcedLength() {
        return HttpUtil.getContentLength(head, 0L);
    }

    boolean expectsContinue() {
        return head.headers().containsValue(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
    }

    boolean isOver() {
        return over;
    }

    /** Gives everything back and reports, once. */
    void end(boolean whole) {
        if (over) {
            return;
        }
        over = true;
        if (hold != null) {
            hold.cancel(false);
        }
        if (onOver != null) {
            onOver.run();
        }
        if (lease != null) {
            lease.close();
        }
        report(whole);
    }

    private void report(boolean whole) {
        ExchangeSummary summary = new ExchangeSummary(
                head.decoderResult().isFailure() ? "-" : request.method(),
                head.uri(),
                route == null ? null : route.watcher().name(),
                request.remoteAddress(),
                responseBegun() ? status : ExchangeSummary.CLIENT_LEFT,
                bytes,
                ticker.nanos() - startedAt,
                waitedNanos,
                whole);
        try {
            listener.exchangeEnded(summary);
        } catch (RuntimeException e) {
            log.warn("exchange listener failed on {}", summary, e);
        }
    }
}
