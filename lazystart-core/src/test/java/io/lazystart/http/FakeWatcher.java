// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import io.lazystart.failure.Reason;
import io.lazystart.watch.Lease;
import io.lazystart.watch.LifeEntry;
import io.lazystart.watch.Pin;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import io.lazystart.watch.WatcherSnapshot;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A watcher that does as it is told and remembers what it was asked. Used from one thread. */
final class FakeWatcher implements Watcher {
    static final Lease LEASE = new FakeLease();
    static final Instant EPOCH = Instant.parse("2026-01-02T03:04:05Z");

    /** What snapshot() says. */
    WatcherSnapshot state = in(Status.NAPPING);

    /** What wake() leads to. */
    WatcherSnapshot afterWake = in(Status.STARTING);

    /** Answers of the next calls of tryAcquire; null for the rest. */
    final Queue<Lease> leases = new ArrayDeque<>();

    /** Calls of tryAcquire to refuse before the leases are handed out. */
    int refusals;

    final List<Cause> wakes = new ArrayList<>();
    final List<WakeRequest> acquired = new ArrayList<>();
    final List<CompletableFuture<Lease>> futures = new ArrayList<>();
    final List<Subscriber> subscribers = new ArrayList<>();

    /** One call of subscribe. */
    static final class Subscriber implements Subscription {
        final WakeListener listener;
        final Executor executor;
        boolean closed;

        Subscriber(WakeListener listener, Executor executor) {
            this.listener = listener;
            this.executor = executor;
        }

        void tell(WakeEvent event) {
            executor.execute(() -> listener.onEvent(event));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    static WatcherSnapshot in(Status status) {
        return snapshot(status, null, null, null, null, Pin.NONE);
    }

    static WatcherSnapshot starting(@Nullable Duration estimate, Duration elapsed) {
        return snapshot(Status.STARTING, null, null, estimate, elapsed, Pin.NONE);
    }

    static WatcherSnapshot failed(Reason reason, @Nullable Duration retryAfter) {
        return snapshot(Status.ERROR, reason, retryAfter, null, null, Pin.NONE);
    }

    static WatcherSnapshot pinnedAsleep() {
        return snapshot(Status.NAPPING, null, null, null, null, Pin.NAPPING);
    }

    private static WatcherSnapshot snapshot(
            Status status,
            @Nullable Reason reason,
            @Nullable Duration retryAfter,
            @Nullable Duration estimate,
            @Nullable Duration elapsed,
            Pin pin) {
        return new WatcherSnapshot(
                "notes",
                status,
                3,
                EPOCH,
                Cause.request("test"),
                reason,
                retryAfter,
                false,
                0,
                0,
                0,
                false,
                pin,
                estimate,
                elapsed);
    }

    /** An event of epoch 3. */
    static WakeEvent event(WakeEvent.Type type, long sequence, String message) {
        return new WakeEvent(type, "notes", 3, sequence, EPOCH, Cause.request("test"), message, null, null, false);
    }

    /** The first event of a subscription. */
    static WakeEvent snapshotEvent(WakeEvent.Type type, long sequence) {
        return new WakeEvent(type, "notes", 3, sequence, EPOCH, Cause.request("test"), "", null, null, true);
    }

    @Override
    public String name() {
        return "notes";
    }

    @Override
    public @Nullable Lease tryAcquire() {
        return refusals-- > 0 ? null : leases.poll();
    }

    @Override
    public CompletionStage<Lease> acquire(WakeRequest request) {
        CompletableFuture<Lease> future = new CompletableFuture<>();
        acquired.add(request);
        futures.add(future);
        return future;
    }

    @Override
    public Lease acquire(Duration wait) {
        throw new UnsupportedOperationException("a gate never blocks");
    }

    @Override
    public WatcherSnapshot wake(Cause cause) {
        wakes.add(cause);
        return afterWake;
    }

    @Override
    public void sleep() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sleepNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pin(Pin pin) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<WatcherSnapshot> check() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatcherSnapshot snapshot() {
        return state;
    }

    @Override
    public List<LifeEntry> history() {
        return List.of();
    }

    @Override
    public Subscription subscribe(WakeListener listener, Executor executor) {
        Subscriber subscriber = new Subscriber(listener, executor);
        subscribers.add(subscriber);
        return subscriber;
    }

    /** Neither woken, nor waited for, nor subscribed to. */
    boolean isUntouched() {
        return wakes.isEmpty() && acquired.isEmpty() && subscribers.isEmpty();
    }

    private static final class FakeLease implements Lease {
        @Override
        public URI upstream() {
            return URI.create("http://127.0.0.1:9");
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public void onLost(Consumer<Reason> listener) {}

        @Override
        public void close() {}
    }
}
