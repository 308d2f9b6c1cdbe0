// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.bus.EventBus;
import io.lazystart.config.Durations;
import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.state.Action;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.Signal;
import io.lazystart.state.Verb;
import io.lazystart.watch.CircuitListener;
import io.lazystart.watch.LifeEntry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a watcher does to its surroundings: timers, verbs, reads, probes, events. Each method runs in the watcher's
 * action queue, one at a time, and hands on what may block.
 */
final class Effects {
    private static final Logger log = LoggerFactory.getLogger("io.lazystart");
    private static final Cause CLOSED = new Cause(Cause.Kind.CLOSE, "the host closes");
    private static final long READ_TIMEOUT_NANOS = 10_000_000_000L;

    private final String service;
    private final Unit unit;
    private final WatcherConfig config;
    private final Surroundings surroundings;
    private final Calls calls;
    private final EventBus bus;
    private final Consumer<Signal> signals;
    private final Timers timers;
    private final Prober prober;
    private final DependencyLeases dependencies;
    private final HealthProber health;
    private final Vetoes vetoes;
    private final @Nullable CpuVeto cpu;

    /** What the circuit listener is told, in order. */
    private final ActionQueue alerts = new ActionQueue();

    private @Nullable BlockingCall<?> verb;
    private long verbId;
    private WakeEvent.Type lastStatus = WakeEvent.Type.NAPPING;
    private long lastStatusNanos;

    /** Null until the first change of status. Set by the action queue only, read anywhere. */
    private volatile @Nullable History history;

    Effects(
            WatcherConfig config,
            Surroundings surroundings,
            Calls calls,
            EventBus bus,
            Consumer<Signal> signals,
            Prober prober,
            DependencyLeases dependencies,
            HealthProber health,
            Vetoes vetoes,
            @Nullable CpuVeto cpu,
            Timers.Due due) {
        this.service = config.service().name();
        this.unit = config.unit();
        this.config = config;
        this.surroundings = surroundings;
        this.calls = calls;
        this.bus = bus;
        this.signals = signals;
        this.prober = prober;
        this.dependencies = dependencies;
        this.health = health;
        this.vetoes = vetoes;
        this.cpu = cpu;
        this.timers = new Timers(surroundings, due);
        this.lastStatusNanos = surroundings.ticker().nanos();
    }

    private long now() {
        return surroundings.ticker().nanos();
    }

    /** The status or the epoch has changed: its timers are void, and its health is of no interest. */
    void statusLeft() {
        timers.cancelAllButVerbs();
        health.stop();
        vetoes.cancel();
        if (cpu != null) {
            cpu.stop();
        }
    }

    /** The slot has a new holder or none: the timers of the old one are void. */
    void slotFreed() {
        timers.cancel(Timer.VERB);
        timers.cancel(Timer.GRACE);
    }

    void arm(Action.Arm action) {
        timers.arm(action);
    }

    void publish(Action.Publish action) {
        WakeEvent event = bus.publish(
                action.type(),
                action.epoch(),
                surroundings.ticker().wall(),
                action.cause(),
                action.message(),
                action.reason(),
                action.detail());
        switch (event.type()) {
            case STARTING, READY, ERROR, STOPPING, NAPPING -> logTransition(event);
            case WAKING_DEPENDENCY, DEPENDENCY_READY, UNIT_STARTED, WAITING_READY ->
                log.debug("{}: {} ({})", service, event.type(), event.message());
        }
    }

    private void logTransition(WakeEvent event) {
        long nanos = now();
        log.info(
                "{}: {} -> {} after {} ms ({})",
                service,
                lastStatus,
                event.type(),
                Duration.ofNanos(nanos - lastStatusNanos).toMillis(),
                event.cause());
        history().on(event, nanos);
        lastStatus = event.type();
        lastStatusNanos = nanos;
    }

    private History history() {
        History known = history;
        if (known == null) {
            known = new History();
            history = known;
        }
        return known;
    }

    /** The last wakes and sleeps, oldest first. From any thread. */
    List<LifeEntry> remembered() {
        History known = history;
        return known == null ? List.of() : known.entries();
    }

    /** The watcher has closed: what is under way ends with it. */
    void closed() {
        if (history != null) {
            history().closed(CLOSED, now());
        }
    }

    void read(Action.Read action) {
        long id = action.id();
        BlockingCall<UnitStatus> call = calls.run(
                "reading the status",
                Reason.Kind.START_FAILED,
                () -> Objects.requireNonNull(unit.status(), "the provider gave null for the status"),
                status -> signals.accept(new Signal.StatusRead(now(), id, status, 0)),
                reason -> signals.accept(new Signal.ReadFailed(now(), id, reason)));
        call.deadline(surroundings.scheduler().schedule(() -> readExpired(call, id), READ_TIMEOUT_NANOS));
    }

    private void readExpired(BlockingCall<?> call, long id) {
        if (call.interrupt()) {
            Duration limit = Duration.ofNanos(READ_TIMEOUT_NANOS);
            Reason reason = Reason.of(
                    Reason.Kind.START_FAILED, "reading the status took longer than " + Durations.format(limit));
            signals.accept(new Signal.ReadFailed(now(), id, reason));
        }
    }

    void run(Action.Run action) {
        Verb issued = action.verb();
        Reason.Kind kind = issued.kind().wakes() ? Reason.Kind.START_FAILED : Reason.Kind.STOP_FAILED;
        verbId = issued.id();
        verb = calls.run(
                issued.kind().name().toLowerCase(java.util.Locale.ROOT),
                kind,
                () -> perform(issued.kind()),
                run -> signals.accept(new Signal.VerbDone(now(), issued.id(), run)),
                reason -> signals.accept(new Signal.VerbFailed(now(), issued.id(), reason)));
    }

    private @Nullable String perform(Verb.Kind kind) throws Exception {
        switch (kind) {
            case START -> {
                return unit.start();
            }
            case UNPAUSE -> unit.unpause();
            case STOP ->
                unit.stop(
                        config.service().stop().signal(),
                        config.service().stop().timeout());
            case PAUSE -> unit.pause();
            case KILL -> unit.kill();
        }
        return null;
    }

    void interrupt(Action.Interrupt action) {
        if (verb != null && verbId == action.id()) {
            verb.interrupt();
        }
    }

    void abandon(Action.Abandon action) {
        log.warn("{}: a provider call did not return within its deadline and is abandoned", service);
    }

    void probe(Action.Probe action) {
        prober.start(action);
    }

    /** The last thing seen of an attempt; safe from any thread. */
    String observed() {
        String pending = dependencies.pending();
        return pending.isEmpty() ? prober.observed() : pending;
    }

    void watchHealth(Action.WatchHealth action) {
        health.start(action);
        if (cpu != null && !action.ailing()) {
            cpu.start();
        }
    }

    /** Somebody found the unit unreachable, but it runs. From any thread. */
    void probeHealth() {
        health.probeNow();
    }

    void stopProbing() {
        prober.stop();
    }

    void takeDependencies(Action.TakeDependencies action) {
        dependencies.take(action);
    }

    void keepDependencies(Action.KeepDependencies action) {
        dependencies.keep(action.epoch());
    }

    void releaseDependencies() {
        dependencies.release();
    }

    void tellCircuit(Action.TellCircuit action) {
        CircuitListener listener = surroundings.circuits();
        Reason reason = action.reason();
        if (reason == null) {
            log.info("{}: circuit closed", service);
            alerts.add(List.of(() -> listener.onClosed(service)));
        } else {
            log.warn("{}: circuit open after {} failures: {}", service, action.failures(), reason.message());
            alerts.add(List.of(() -> listener.onOpened(service, action.failures(), reason)));
        }
        surroundings.completions().execute(alerts::run);
    }

    void askVetoes(Action.AskVetoes action) {
        vetoes.ask(action);
    }
}
