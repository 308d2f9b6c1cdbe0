// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.probe.Probe;
import io.lazystart.probe.ProbeResult;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.time.Ticker;
import io.lazystart.watch.CircuitListener;
import io.lazystart.watch.IdleVeto;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A real watcher over a scripted unit, in virtual time on the thread of the test. */
final class WatcherHarness {
    static final ProbeResult WELL = new ProbeResult(true, "HTTP 200");
    static final ProbeResult SICK = new ProbeResult(false, "HTTP 503");
    static final Cause REQUEST = Cause.request("GET / from 127.0.0.1");

    final FakeTicker ticker = new FakeTicker();
    final VirtualScheduler time = new VirtualScheduler(ticker);
    final ScriptedProvider provider = new ScriptedProvider();
    final ScriptedUnit unit = provider.unit("notes");
    final RecordingListener events = new RecordingListener();
    final SuspendWatch suspendWatch = new SuspendWatch(ticker);
    final UnitWatcher watcher;

    /** Provider calls made while {@link #hanging}: they return when the test runs them, if ever. */
    final List<Runnable> hung = new ArrayList<>();

    /** Whether calls of the provider hang from now on. */
    boolean hanging;

    /** What the circuit listener heard. */
    final List<String> alerts = new ArrayList<>();

    private final CircuitListener circuits = new CircuitListener() {
        @Override
        public void onOpened(String service, int failures, Reason reason) {
            alerts.add(service + " opened after " + failures);
        }

        @Override
        public void onClosed(String service) {
            alerts.add(service + " closed");
        }
    };

    /** Idle vetoes asked while {@link #undecided}: they answer when the test runs them, if ever. */
    final List<Runnable> unanswered = new ArrayList<>();

    /** Whether idle vetoes do not answer from now on. */
    boolean undecided;

    /** Runs once in the middle of a decision for another status: the word is closed, and the status is not told yet. */
    final OneShot amidDecision = new OneShot();

    /** Runs once when the clock is read next. */
    final OneShot atNextLookAtTheClock = new OneShot();

    /** Runs once while the unit is probed next. */
    final OneShot atNextProbe = new OneShot();

    /** What probes see of a unit that has an address. */
    ProbeResult seen = WELL;

    /** How many probes were made. */
    int probes;

    /** Runs calls of the provider that do not hang. */
    Executor providerCalls = time;

    WatcherHarness() {
        this(s -> {});
    }

    WatcherHarness(Consumer<ServiceConfigBuilder> options) {
        this(options, 100);
    }

    WatcherHarness(Consumer<ServiceConfigBuilder> options, int room) {
        this(options, room, List.of());
    }

    WatcherHarness(Consumer<ServiceConfigBuilder> options, int room, List<IdleVeto> vetoes) {
        this(options, room, vetoes, Path.of("/proc"));
    }

    WatcherHarness(Consumer<ServiceConfigBuilder> options, int room, List<IdleVeto> vetoes, Path proc) {
        ServiceConfigBuilder builder = new ServiceConfigBuilder().unit("scripted", Map.of());
        options.accept(builder);
        ServiceConfig service = builder.build("notes");
        Surroundings surroundings = new Surroundings(
                new DecisionsTicker(),
                time,
                this::call,
                this::ask,
                time,
                time,
                new CpuTime(proc),
                new WaitingRoom(room),
                new FirstReads(),
                name -> new StartTimes(),
                circuits,
                Deadlines.ofReads(ticker, time),
                this::onTimer);
        Probe ready = service.ready().kind() == ReadyConfig.Kind.PROVIDER ? null : this::probe;
        watcher = new UnitWatcher(
                new WatcherConfig(service, unit, ready, this::probe, vetoes, false), surroundings, name -> {
                    throw new AssertionError("no dependency " + name);
                });
        provider.watch(new UnitListener() {
            @Override
            public void onEvent(UnitEvent event) {
                watcher.onUnitEvent(event);
            }

            @Override
            public void onResync() {
                watcher.onResync();
            }
        });
        watcher.boot();
        time.runDue();
        watcher.subscribe(events, time);
        time.runDue();
    }

    /** A service whose unit listens, and is asked for its health from time to time. */
    static WatcherHarness watched() {
        return watched(s -> {});
    }

    /** The same with further options. */
    static WatcherHarness watched(Consumer<ServiceConfigBuilder> options) {
        WatcherHarness h = new WatcherHarness(s -> options.accept(s.health(HealthConfig.http("/healthz"))));
        h.unit.listensOn(8080);
        return h;
    }

    /** A caller complains of the unit. */
    void complain() {
        watcher.check();
        time.runDue();
    }

    /** A service that is not ready before the test gives its unit a port. */
    static WatcherHarness slow(Duration hold, Duration wake) {
        return new WatcherHarness(s -> s.holdTimeout(hold)
                .wakeTimeout(wake)
                .upstream("http://127.0.0.1:{port}")
                .idleTimeout(Duration.ofMinutes(2)));
    }

    /** Decisions stamp a new status with the wall clock, under the watcher's lock and after the word was closed. */
    private final class DecisionsTicker implements Ticker {
        @Override
        public long nanos() {
            atNextLookAtTheClock.run();
            return ticker.nanos();
        }

        @Override
        public Instant wall() {
            amidDecision.run();
            return ticker.wall();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            ticker.sleep(duration);
        }
    }

    private ProbeResult probe(URI target, Duration timeout, long lingerNanos, Probe.Objection objection)
            throws InterruptedException {
        probes++;
        atNextProbe.run();
        String found = seen.ready() ? objection.find() : null;
        return found == null ? seen : new ProbeResult(false, found);
    }

    private void ask(Runnable veto) {
        if (undecided) {
            unanswered.add(veto);
        } else {
            time.execute(veto);
        }
    }

    private void call(Runnable providerCall) {
        if (hanging) {
            hung.add(providerCall);
        } else {
            providerCalls.execute(providerCall);
        }
    }

    private void onTimer(long lateNanos) {
        if (suspendWatch.suspended(lateNanos)) {
            watcher.onResumed();
        }
    }

    Status status() {
        return watcher.snapshot().status();
    }

    /** Asks for a lease and lets everything happen that is due now. */
    CompletableFuture<Lease> acquire() {
        CompletableFuture<Lease> future = ask();
        time.runDue();
        return future;
    }

    /** A caller asks, and its lease or failure is of no further interest. */
    void callerComes() {
        assertThat(acquire()).isNotNull();
    }

    /** Asks for a lease; nothing has happened yet when this returns. */
    CompletableFuture<Lease> ask() {
        return watcher.acquire(WakeRequest.of(REQUEST)).toCompletableFuture();
    }

    /** Wakes the service and gives the lease back, so that it is ready and used. */
    void wakeAndRelease() {
        acquire().join().close();
    }

    void advance(Duration duration) {
        time.advance(duration);
    }

    static Reason reason(CompletableFuture<Lease> refused) {
        return failure(refused).reason();
    }

    static WakeException failure(CompletableFuture<Lease> refused) {
        try {
            refused.getNow(null);
        } catch (CompletionException e) {
            return (WakeException) e.getCause();
        }
        throw new AssertionError("not refused: " + refused);
    }
}
