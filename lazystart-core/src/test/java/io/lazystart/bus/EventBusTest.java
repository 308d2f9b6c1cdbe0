// SPDX-License-Identifier: Apache-2.0
package io.lazystart.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import io.lazystart.testkit.RecordingListener;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Order, bounds and isolation of listeners. */
class EventBusTest {
    private static final Cause CAUSE = Cause.request("GET /");

    private final EventBus bus = new EventBus("notes", Instant.EPOCH, CAUSE);
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final RecordingListener listener = new RecordingListener();

    private void publish(WakeEvent.Type type, long epoch) {
        assertThat(bus.publish(type, epoch, Instant.EPOCH, CAUSE, "", null, null)
                        .epoch())
                .isEqualTo(epoch);
    }

    private void runLater() {
        for (Runnable task = later.poll(); task != null; task = later.poll()) {
            task.run();
        }
    }

    @Test
    void joined_hearsSnapshotThenTheEpochsHistoryThenWhatComes() {
        publish(WakeEvent.Type.STARTING, 1);
        publish(WakeEvent.Type.STOPPING, 2);
        publish(WakeEvent.Type.NAPPING, 2);

        bus.join(bus.subscriber(listener, Runnable::run));
        publish(WakeEvent.Type.STARTING, 3);

        assertThat(listener.events().get(0).snapshot()).isTrue();
        assertThat(listener.events().get(0).type()).isEqualTo(WakeEvent.Type.NAPPING);
        assertThat(listener.events().get(0).sequence()).isEqualTo(3);
        assertThat(listener.types())
                .containsExactly(WakeEvent.Type.STOPPING, WakeEvent.Type.NAPPING, WakeEvent.Type.STARTING);
    }

    @Test
    void slowListener_losesTheOldestAndIsToldHowMany() {
        bus.join(bus.subscriber(listener, later::add));
        for (int i = 0; i < Subscriber.CAPACITY + 9; i++) {
            publish(WakeEvent.Type.WAITING_READY, 1);
        }

        runLater();

        assertThat(listener.dropped()).isEqualTo(10); // the snapshot and nine of the others
        assertThat(listener.events()).hasSize(Subscriber.CAPACITY);
        assertThat(listener.events().get(Subscriber.CAPACITY - 1).sequence()).isEqualTo(Subscriber.CAPACITY + 9);
    }

    @Test
    void throwingListener_disturbsNobodyAndHearsTheNext() {
        RecordingListener heard = new RecordingListener();
        bus.join(bus.subscriber(
                event -> {
                    heard.onEvent(event);
                    throw new IllegalStateException("listener's own fault");
                },
                Runnable::run));
        bus.join(bus.subscriber(listener, Runnable::run));

        publish(WakeEvent.Type.STARTING, 1);
        publish(WakeEvent.Type.READY, 1);

        assertThat(heard.types()).containsExactly(WakeEvent.Type.STARTING, WakeEvent.Type.READY);
        assertThat(listener.types()).containsExactly(WakeEvent.Type.STARTING, WakeEvent.Type.READY);
    }

    @Test
    void closedSubscription_hearsNothingMore() {
        Subscriber subscriber = bus.subscriber(listener, later::add);
        bus.join(subscriber);

        publish(WakeEvent.Type.STARTING, 1);
        subscriber.close();
        runLater();

        assertThat(listener.events()).isEmpty();
    }

    @Test
    void executorRefuses_subscriptionEndsAndThePublisherGoesOn() {
        bus.join(bus.subscriber(listener, task -> {
            throw new RejectedExecutionException("closed");
        }));
        RecordingListener other = new RecordingListener();
        bus.join(bus.subscriber(other, Runnable::run));

        publish(WakeEvent.Type.STARTING, 1);

        assertThat(listener.events()).isEmpty();
        assertThat(other.types()).containsExactly(WakeEvent.Type.STARTING);
    }

    @Test
    void executorFailsByAnError_otherListenersStillHear() {
        bus.join(bus.subscriber(new RecordingListener(), task -> {
            throw new OutOfMemoryError("no thread can be made");
        }));
        bus.join(bus.subscriber(listener, Runnable::run));

        publish(WakeEvent.Type.STARTING, 1);

        assertThat(listener.types()).endsWith(WakeEvent.Type.STARTING);
    }

    @Test
    void history_isBounded() {
        for (int i = 0; i < 1_000; i++) {
            publish(WakeEvent.Type.WAITING_READY, 1);
        }

        bus.join(bus.subscriber(listener, Runnable::run));

        assertThat(listener.types()).hasSize(64);
        assertThat(listener.events().get(64).sequence()).isEqualTo(1_000);
    }
}
