// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.event.Subscription;
import io.lazystart.http.EventFeed;
import io.lazystart.http.HttpAnswer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** An event feed that hands its sinks to the test. */
final class Feed implements EventFeed {
    final BlockingQueue<Sink> sinks = new LinkedBlockingQueue<>();
    final CountDownLatch closed = new CountDownLatch(1);

    HttpAnswer head() {
        return new HttpAnswer(200, List.of(Map.entry("Content-Type", "text/event-stream")), new byte[0]);
    }

    @Override
    public Subscription start(Sink sink) {
        sinks.add(sink);
        return closed::countDown;
    }
}
