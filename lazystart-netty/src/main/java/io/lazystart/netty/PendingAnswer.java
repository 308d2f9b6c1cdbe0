// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HttpAnswer;
import io.netty.buffer.ByteBufHolder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An answer that waits until the request's body has been read and dropped, so that the connection can be used again: 64
 * KiB or one second at most, whichever ends first. Confined to the event loop.
 */
final class PendingAnswer {
    static final int MAX_BYTES = 64 * 1024;
    private static final long MAX_SECONDS = 1;

    private final HttpAnswer answer;
    private final ScheduledFuture<?> timer;
    private long dropped;

    PendingAnswer(HttpAnswer answer, EventExecutor loop, Runnable onTimeOut) {
        this.answer = answer;
        this.timer = loop.schedule(onTimeOut, MAX_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether the body is better left unread: it is too long, or the client waits for leave to send it. */
    static boolean isPointless(Exchange exchange, boolean bodyHasBegun) {
        return exchange.announcedLength() > MAX_BYTES || (exchange.expectsContinue() && !bodyHasBegun);
    }

    /** Takes note of a dropped piece; true once it has been too much. */
    boolean dropped(Object message) {
        if (message instanceof ByteBufHolder holder) {
            dropped += holder.content().readableBytes();
        }
        return dropped > MAX_BYTES;
    }

    HttpAnswer take() {
        timer.cancel(false);
        return answer;
    }
}
