// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.http.HttpGate;
import io.lazystart.http.HttpGates;
import io.lazystart.probe.Probe;
import io.lazystart.provider.Unit;
import io.lazystart.time.Scheduler;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import io.lazystart.wake.CpuTime;
import io.lazystart.wake.Deadlines;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.LearnedTimes;
import io.lazystart.wake.StartTimes;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.SuspendWatch;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.wake.Workers;
import io.lazystart.watch.CircuitListener;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the watchers of one host are made with and share: its clock, threads, limits and listeners. */
final class HostParts implements Parts, AutoCloseable {
    /** More callbacks of the host than these do not run at once. */
    static final int MAX_COMPLETIONS = 64;

    private static final int MAX_TASKS = 4;
    private static final int MAX_STREAMS = 64;
    private static final int MAX_VETOES = 64;

    private final Ticker ticker;
    private final @Nullable SystemScheduler ownScheduler;
    private final Scheduler scheduler;
    private final Workers completions = new Workers("callback", MAX_COMPLETIONS);

    /** Runs what the watchers do for each other; apart, so that callbacks that block keep no service from starting. */
    private final Workers tasks = new Workers("task", MAX_TASKS);

    /** Runs the host's idle vetoes; apart, so that one that hangs delays nothing else. */
    private final Workers vetoCalls = new Workers("veto", MAX_VETOES);

    /** Writes event streams, which a slow client may block; apart, so that none of them delays a lease. */
    private final Workers streams = new Workers("events", MAX_STREAMS);

    /** Writes files, one at a time; apart, so that a slow disk delays nothing else. */
    private final Workers files = new Workers("state", 1);

    /** Null where the host wants start times to be forgotten. */
    private final @Nullable LearnedTimes learned;

    private final SuspendWatch suspendWatch;
    private final CpuTime cpu = new CpuTime(Path.of("/proc"));
    private final WaitingRoom room;
    private final CircuitListener circuits;
    private final LazyStartBuilder.Vetoes vetoes;
    private final HttpGates httpGates;
    private final FirstReads firstReads = new FirstReads();
    private final Deadlines reads;

    /** The same for all services that are asked in this way. */
    private final Probe tcp;

    /** By what runs the calls of a provider. */
    private final Map<Executor, Surroundings> surroundings = new ConcurrentHashMap<>();

    private final Function<String, Executor> calls;
    private final Runnable onResumed;
    private final Consumer<Units.Key> onReleased;

    /**
     * Makes the parts of a host.
     *
     * @param given what the host has given for them
     * @param calls what runs the calls of a provider, by connection
     * @param onResumed called when the machine was suspended
     * @param onReleased called when nobody uses a unit any more
     */
    HostParts(
            LazyStartConfig config,
            LazyStartBuilder.Host given,
            Function<String, Executor> calls,
            Runnable onResumed,
            Consumer<Units.Key> onReleased) {
        this.calls = calls;
        this.onResumed = onResumed;
        this.onReleased = onReleased;
        ticker = given.ticker();
        SystemScheduler own = given.scheduler() == null ? new SystemScheduler() : null;
        ownScheduler = own;
        scheduler = own == null ? Objects.requireNonNull(given.scheduler()) : own;
        learned = given.keepStartTimes() ? new LearnedTimes(config.stateDirectory(), ticker, scheduler, files) : null;
        reads = Deadlines.ofReads(ticker, scheduler);
        suspendWatch = new SuspendWatch(ticker);
        vetoes = given.vetoes();
        circuits = given.circuits();
        room = new WaitingRoom(config.limits().heldRequests());
        httpGates = new HttpGates(config.limits(), given.guard(), scheduler, streams);
        tcp = Probe.of(ReadyConfig.TCP, ticker, scheduler);
    }

    Ticker ticker() {
        return ticker;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Other limits hold from now on, for so many services. */
    void resize(Limits limits, int services) {
        room.resize(limits.heldRequests(), services);
        httpGates.limits(limits);
    }

    @Override
    public Surroundings surroundings(Executor calls) {
        return surroundings.computeIfAbsent(calls, this::surroundingsOf);
    }

    private Surroundings surroundingsOf(Executor calls) {
        return new Surroundings(
                ticker,
                scheduler,
                calls,
                vetoCalls,
                completions,
                tasks,
                cpu,
                room,
                firstReads,
                this::startTimes,
                circuits,
                reads,
                this::onTimer);
    }

    private StartTimes startTimes(String service) {
        return learned == null ? new StartTimes() : learned.of(service);
    }

    private void onTimer(long lateNanos) {
        if (suspendWatch.suspended(lateNanos)) {
            onResumed.run();
        }
    }

    @Override
    public Executor calls(String connection) {
        return calls.apply(connection);
    }

    @Override
    public Executor tasks() {
        return tasks;
    }

    @Override
    public WatcherConfig config(Target target, Unit unit) {
        ServiceConfig service = target.service();
        if (target.opened() == null) {
            return new WatcherConfig(service, unit, null, null, vetoes.of(service.name()), target.job());
        }
        Probe ready = probe(service.ready());
        HealthConfig health = service.health();
        // What runs to its end serves nobody, and is not asked.
        Probe complained = ready == null ? tcp : ready;
        Probe asked = target.job() ? null : health == null ? complained : probe(health.probe());
        return new WatcherConfig(service, unit, ready, asked, vetoes.of(service.name()), target.job());
    }

    /** Null where nobody but the provider is asked. */
    private @Nullable Probe probe(ReadyConfig ready) {
        return switch (ready.kind()) {
            case AUTO, TCP -> tcp;
            case HTTP -> Probe.of(ready, ticker, scheduler);
            case PROVIDER -> null;
        };
    }

    @Override
    public void forget(String service) {
        if (learned != null) {
            learned.forget(service);
        }
    }

    @Override
    public void released(Units.Key unit) {
        onReleased.accept(unit);
    }

    @Override
    public HttpGate gate(Entry entry) {
        return httpGates.gate(entry.watcher(), entry::service);
    }

    /** Writes what is not written yet, and ends the threads. */
    @Override
    public void close() {
        if (learned != null) {
            learned.close();
        }
        vetoCalls.close();
        completions.close();
        tasks.close();
        streams.close();
        files.close();
        if (ownScheduler != null) {
            ownScheduler.close();
        }
    }
}
