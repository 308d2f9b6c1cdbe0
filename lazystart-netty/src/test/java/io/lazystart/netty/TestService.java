// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeListener;
import io.lazystart.failure.Reason;
import io.lazystart.http.HttpAnswer;
import io.lazystart.http.HttpGate;
import io.lazystart.http.Outcome;
import io.lazystart.http.RequestView;
import io.lazystart.watch.Lease;
import io.lazystart.watch.LifeEntry;
import io.lazystart.watch.Pin;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import io.lazystart.watch.WatcherSnapshot;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** A service under a test's hand: its gate decides what the test says, its leases are counted. Thread-safe. */
final class TestService implements HttpGate, Watcher {
    final BlockingQueue<RequestView> asked = new LinkedBlockingQueue<>();
    final BlockingQueue<CompletableFuture<Lease>> holds = new LinkedBlockingQueue<>();
    final AtomicInteger checks = new AtomicInteger();
    final AtomicLong epoch = new AtomicLong(1);

    private final List<TestLease> open = new ArrayList<>();
    private int doubleCloses;
    private volatile URI upstream;
    private volatile Function<RequestView, Outcome> decision = request -> new Outcome.Forward(lease());
    private volatile Runnable onCheck = () -> {};

    TestService upstream(URI uri) {
        upstream = uri;
        return this;
    }

    /** What to do with requests from now on. */
    TestService decide(Function<RequestView, Outcome> function) {
        decision = function;
        return this;
    }

    TestService onCheck(Runnable action) {
        onCheck = action;
        return this;
    }

    /** Holds a request until the test completes the future, found in {@link #holds}. */
    Outcome hold() {
        CompletableFuture<Lease> future = new CompletableFuture<>();
        holds.add(future);
        return new Outcome.Hold(future, failure -> answer(503, "failed: " + failure.getMessage()));
    }

    CompletableFuture<Lease> nextHold() throws InterruptedException {
        CompletableFuture<Lease> hold = holds.poll(10, TimeUnit.SECONDS);
        if (hold == null) {
            throw new AssertionError("nothing was held within 10 s");
        }
        return hold;
    }

    static HttpAnswer answer(int status, String text) {
        return new HttpAnswer(
                status, List.of(Map.entry("Content-Type", "text/plain")), text.getBytes(StandardCharsets.UTF_8));
    }

    synchronized TestLease lease() {
        TestLease lease = new TestLease(upstream);
        open.add(lease);
        return lease;
    }

    /** A lease whose unit is gone before anybody asks. */
    synchronized TestLease lostLease() {
        TestLease lease = lease();
        lease.lost = true;
        return lease;
    }

    synchronized int openLeases() {
        return open.size();
    }

    synchronized int doubleCloses() {
        return doubleCloses;
    }

    /** Waits until every lease has been given back. */
    synchronized void awaitNoLeases() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!open.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError(open.size() + " leases are open after 10 s");
            }
            wait(left);
        }
    }

    synchronized void loseAll() {
        List.copyOf(open).forEach(lease -> lease.onLost.accept(Reason.of(Reason.Kind.DIED, "died")));
    }

    @Override
    public Outcome handle(RequestView request) {
        asked.add(request);
        return decision.apply(request);
    }

    @Override
    public HttpAnswer upstreamFailed(RequestView request, int status, String problem) {
        return answer(status, problem);
    }

    @Override
    public String name() {
        return "notes";
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<WatcherSnapshot> check() {
        checks.incrementAndGet();
        return CompletableFuture.supplyAsync(() -> {
            onCheck.run();
            return snapshot();
        });
    }

    @Override
    public WatcherSnapshot snapshot() {
        return new WatcherSnapshot(
                name(),
                Status.READY,
                epoch.get(),
                Instant.EPOCH,
                Cause.person("test"),
                null,
                null,
                false,
                0,
                openLeases(),
                0,
                false,
                Pin.NONE,
                null,
                null);
    }

    @Override
    public Lease tryAcquire() {
        return lease();
    }

    @Override
    public CompletionStage<Lease> acquire(WakeRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease acquire(Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatcherSnapshot wake(Cause cause) {
        throw new UnsupportedOperationException();
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
    public List<LifeEntry> history() {
        return List.of();
    }

    @Override
    public Subscription subscribe(WakeListener listener, Executor executor) {
        throw new UnsupportedOperationException();
    }

    /** A lease whose end is seen. */
    final class TestLease implements Lease {
        private final URI address;
        private final long incarnation = TestService.this.epoch.get();
        private volatile Consumer<Reason> onLost = reason -> {};
        private volatile boolean lost;

        TestLease(URI address) {
            this.address = address;
        }

        @Override
        public URI upstream() {
            return address;
        }

        @Override
        public long epoch() {
            return incarnation;
        }

        @Override
        public void onLost(Consumer<Reason> listener) {
            onLost = listener;
            if (lost) {
                listener.accept(Reason.of(Reason.Kind.DIED, "died"));
            }
        }

        @Override
        public void close() {
            synchronized (TestService.this) {
                if (!open.remove(this)) {
                    doubleCloses++;
                }
                TestService.this.notifyAll();
            }
        }
    }
}
