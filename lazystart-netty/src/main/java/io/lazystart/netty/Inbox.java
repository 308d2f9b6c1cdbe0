// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.buffer.ByteBufHolder;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a client has sent and nobody has taken yet: the body of a held request and the requests behind it. Confined to the event loop. */
final class Inbox {
    /** Pipelined requests kept before reading stops. */
    static final int MAX_REQUESTS = 16;

    /** Body bytes kept before reading stops; one more read of up to 16 KiB may be under way, which makes 64 KiB. */
    static final int MAX_BYTES = 48 * 1024;

    private final ArrayDeque<Object> messages = new ArrayDeque<>(4);
    private int requests;
    private int ends;
    private int bytes;

    void add(Object message) {
        messages.add(message);
        count(message, 1);
    }

    @Nullable
    Object poll() {
        Object message = messages.poll();
        if (message != null) {
            count(message, -1);
        }
        return message;
    }

    private void count(Object message, int sign) {
        if (message instanceof HttpRequest) {
            requests += sign;
        }
        if (message instanceof LastHttpContent) {
            ends += sign;
        }
        if (message instanceof ByteBufHolder holder) {
            bytes += sign * holder.content().readableBytes();
        }
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Whether the request at the front is here to its end. */
    boolean holdsEnd() {
        return ends > 0;
    }

    boolean isFull() {
        return requests >= MAX_REQUESTS || bytes >= MAX_BYTES;
    }

    void releaseAll() {
        for (Object message = poll(); message != null; message = poll()) {
            ReferenceCountUtil.release(message);
        }
    }
}
