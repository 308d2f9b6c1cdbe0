// SPDX-License-Identifier: Apache-2.0
package io.lazystart.bus;

import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener with its queue: in order, one at a time, the oldest dropped when it is too slow. */
public final class Subscriber implements Subscription {
    static final int CAPACITY = 256;

    private static final Logger log = LoggerFactory.getLogger(Subscriber.class);

    private final WakeListener listener;
    private final Executor executor;
    private final Consumer<Subscriber> onClose;

    /** Guarded by itself, with the two fields below. */
    private final ArrayDeque<WakeEvent> queue = new ArrayDeque<>();

    private long dropped;
    private boolean delivering;

    private volatile boolean closed;

    Subscriber(WakeListener listener, Executor executor, Consumer<Subscriber> onClose) {
        this.listener = listener;
        this.executor = executor;
        this.onClose = onClose;
    }

    /** Queues an event; never blocks. */
    void offer(WakeEvent event) {
        synchronized (queue) {
            if (closed) {
                return;
            }
            if (queue.size() == CAPACITY) {
                queue.poll();
                dropped++;
            }
            queue.add(event);
            if (delivering) {
                return;
            }
            delivering = true;
        }
        execute();
    }

    private void execute() {
        try {
            executor.execute(this::deliver);
        } catch (RuntimeException | Error e) {
            log.warn("listener {} is dropped: its executor fails", listener, e);
            close();
        }
    }

    private void deliver() {
        WakeEvent event = next();
        while (event != null) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException | Error e) {
                log.warn("listener {} failed on {}", listener, event.type(), e);
            }
            event = next();
        }
    }

    /** Takes the next event and tells of dropped ones first; null when there is none, then delivery has ended. */
    private @Nullable WakeEvent next() {
        long lost;
        WakeEvent event;
        synchronized (queue) {
            event = closed ? null : queue.poll();
            delivering = event != null;
            lost = dropped;
            dropped = 0;
        }
        if (lost > 0 && event != null) {
            tellDropped(lost);
        }
        return event;
    }

    private void tellDropped(long lost) {
        try {
            listener.onDropped(lost);
        } catch (RuntimeException | Error e) {
            log.warn("listener {} failed on {} dropped events", listener, lost, e);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.clear();
        }
        onClose.accept(this);
    }
}
