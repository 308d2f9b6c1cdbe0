// SPDX-License-Identifier: Apache-2.0
package io.lazystart.bus;

import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/** The queue of one subscriber, when publisher, deliverer and closer fall between each other. */
class SubscriberInterleavingsTest {
    private static final int INTERLEAVINGS = 300;
    private static final Cause CAUSE = Cause.request("GET /");

    /** Made beforehand: what is made inside is followed step by step, which takes its time. */
    private static final List<WakeEvent> EVENTS = List.of(event(1), event(2), event(3));

    private static WakeEvent event(long sequence) {
        return new WakeEvent(
                WakeEvent.Type.STARTING, "notes", 1, sequence, Instant.EPOCH, CAUSE, "starting", null, null, false);
    }

    @Test
    void publishedWhileTheListenerIsServed_hearsAllInOrderOneAtATime() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            List<Thread> deliveries = new ArrayList<>();
            AtomicInteger heard = new AtomicInteger();
            AtomicInteger inside = new AtomicInteger();
            Subscriber subscriber = new Subscriber(
                    event -> {
                        check(inside.incrementAndGet() == 1, "two events at a time");
                        check(heard.incrementAndGet() == event.sequence(), "out of order");
                        inside.decrementAndGet();
                    },
                    task -> deliveries.add(run(task)),
                    closed -> {});

            EVENTS.forEach(subscriber::offer);
            deliveries.forEach(SubscriberInterleavingsTest::join);

            check(heard.get() == EVENTS.size(), "heard " + heard.get());
        });
    }

    @Test
    void closedWhileTheListenerIsServed_hearsAtMostTheEventThatWasUnderWay() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            List<Thread> deliveries = new ArrayList<>();
            AtomicInteger heard = new AtomicInteger();
            Subscriber subscriber =
                    new Subscriber(event -> heard.incrementAndGet(), task -> deliveries.add(run(task)), closed -> {});

            subscriber.offer(EVENTS.get(0));
            subscriber.offer(EVENTS.get(1));
            subscriber.close();
            int before = heard.get();
            subscriber.offer(EVENTS.get(2));
            deliveries.forEach(SubscriberInterleavingsTest::join);

            check(heard.get() <= before + 1, "heard " + (heard.get() - before) + " after the close");
            check(heard.get() < 3, "heard what was published after the close");
        });
    }

    private static Thread run(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException(problem);
        }
    }
}
