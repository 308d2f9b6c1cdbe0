// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The beginning of a body that waits for its upstream. Confined to the event loop. */
final class RequestBuffer {
    private final ArrayDeque<HttpContent> contents = new ArrayDeque<>(4);
    private int bytes;

    void add(HttpContent content) {
        contents.add(content);
        bytes += content.content().readableBytes();
    }

    @Nullable
    HttpContent poll() {
        HttpContent content = contents.poll();
        if (content != null) {
            bytes -= content.content().readableBytes();
        }
        return content;
    }

    boolean isFull() {
        return bytes >= Inbox.MAX_BYTES;
    }

    void releaseAll() {
        for (HttpContent content = poll(); content != null; content = poll()) {
            content.release();
        }
    }
}
