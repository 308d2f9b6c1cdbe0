// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.bus.EventBus;
import io.lazystart.config.Durations;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.state.Action;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.Signal;
import io.lazystart.state.Snapshot;
import io.lazystart.state.Verb;
import io.lazystart.watch.CircuitListener;
import io.lazystart.watch.LifeEntry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a watcher does to its surroundings: timers, verbs, reads, probes, events. Each method runs in the watcher's
 * action queue, one at a time, and hands on what may block.
 */
final class Effects {
    private static final Logger log = LoggerFactory.getLogger("io.lazystart");

    private final String service;
    private final Surroundings surroundings;
    private final EventBus bus;
    private final Consumer<Signal> signals;
    private final Timers timers;
    private final Function<WatcherConfig, DependencyLeases> leases;
    private final Vetoes vetoes;

    /** Replaced by the action queue only, read anywhere. */
    private volatile Gear gear;

    /** Null until the first wake. Made by the action queue only, read anywhere. */
    private volatile @Nullable DependencyLeases dependencies;

    /** What health is watched, or null. Touched by the action queue only. */
    private Action.@Nullable WatchHealth watching;

    /** Hears that the unit has made room for another. Set before that is asked for. */
    private volatile @Nullable Runnable onVacated;

    /** What the circuit listener is told, in order; null until there is something. Touched by the action queue only. */
    private @Nullable ActionQueue alerts;

    private @Nullable BlockingCall<?> verb;
    private long verbId;
    private WakeEvent.Type lastStatus = WakeEvent.Type.NAPPING;
    private long lastStatusNanos;

    /** Null until the first change of status. Set by the action queue only, read anywhere. */
    private volatile @Nullable History history;

    Effects(
            Gear gear,
            Surroundings surroundings,
            EventBus bus,
            Consumer<Signal> signals,
            Function<WatcherConfig, DependencyLeases> leases,
            Vetoes vetoes,
            Timers.Due due) {
        this.service = gear.config().service().name();
        this.gear = gear;
        this.surroundings = surroundings;
        this.bus = bus;
        this.signals = signals;
        this.leases = leases;
        this.vetoes = vetoes;
        this.timers = new Timers(surroundings, due);
        this.lastStatusNanos = surroundings.ticker().nanos();
    }

    /** Works with other gear from now on; what is under way goes on with it. In the action queue. */
    void refit(Gear next) {
        Gear earlier = gear;
        Gear fitted = next.keeping(earlier);
        gear = fitted;
        fitted.takeOver(earlier, watching);
        vetoes.ask(fitted.objectors(surroundings.vetoes()));
        ifTaken(known -> known.refit(fitted.config()));
    }

    /** Whoever is to hear that the unit has made room for another. */
    void onVacated(Runnable listener) {
        onVacated = listener;
    }

    void vacated() {
        Runnable listener = onVacated;
        if (listener != null) {
            surroundings.tasks().execute(listener);
        }
    }

    private long now() {
        return surroundings.ticker().nanos();
    }

    /** The status or the epoch has changed: its timers are void, and its health is of no interest. */
    void statusLeft() {
        timers.cancelAllButVerbs();
        watching = null;
        gear.watchNoMore();
        vetoes.cancel();
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
    void closed(Action.Closed action) {
        if (history != null) {
            history().closed(action.cause(), now());
        }
    }

    /** Whether each decision is logged. */
    boolean traces() {
        return log.isTraceEnabled();
    }

    /** Logs one decision: what happened, where it was met, and where it led. */
    void decided(Signal signal, Snapshot before, Snapshot after) {
        log.trace("{}: in {} {} leads to {}", service, before.step(), signal, after.step());
    }

    void read(Action.Read action) {
        long id = action.id();
        Unit unit = gear.config().unit();
        BlockingCall<UnitStatus> call = gear.calls()
                .run(
                        "reading the status",
                        Reason.Kind.START_FAILED,
                        () -> Objects.requireNonNull(unit.status(), "the provider gave null for the status"),
                        status -> signals.accept(new Signal.StatusRead(now(), id, status, 0)),
                        reason -> signals.accept(new Signal.ReadFailed(now(), id, reason)));
        call.deadline(surroundings.reads().set(() -> readExpired(call, id)));
    }

    private void readExpired(BlockingCall<?> call, long id) {
        if (call.interrupt()) {
            Duration limit = Duration.ofNanos(Deadlines.READ_NANOS);
            Reason reason = Reason.of(
                    Reason.Kind.START_FAILED, "reading the status took longer than " + Durations.format(limit));
            signals.accept(new Signal.ReadFailed(now(), id, reason));
        }
    }

    void run(Action.Run action) {
        Verb issued = action.verb();
        Reason.Kind kind = issued.kind().wakes() ? Reason.Kind.START_FAILED : Reason.Kind.STOP_FAILED;
        verbId = issued.id();
        WatcherConfig config = gear.config();
        verb = gear.calls()
                .run(
                        issued.kind().name().toLowerCase(java.util.Locale.ROOT),
                        kind,
                        () -> perform(config, issued.kind()),
                        run -> signals.accept(new Signal.VerbDone(now(), issued.id(), run)),
                        reason -> signals.accept(new Signal.VerbFailed(now(), issued.id(), reason)));
    }

    private static @Nullable String perform(WatcherConfig config, Verb.Kind kind) throws Exception {
        Unit unit = config.unit();
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
        if (action.slow()) {
            ifTaken(DependencyLeases::late); // before a probe can find it ready
        }
        gear.probe(action);
    }

    /** The last thing seen of an attempt; safe from any thread. */
    String observed() {
        DependencyLeases known = dependencies;
        String pending = known == null ? "" : known.pending();
        return pending.isEmpty() ? gear.observed() : pending;
    }

    /** The unit can serve: tells whether that holds for as long as it is used. Safe from any thread. */
    boolean trustUnit() {
        DependencyLeases known = dependencies;
        return known == null || known.trustUnit();
    }

    void watchHealth(Action.WatchHealth action) {
        watching = action;
        gear.watch(action);
    }

    /** Somebody found the unit unreachable, but it runs. From any thread. */
    void probeHealth() {
        gear.probeHealth();
    }

    void changed() {
        gear.changed();
    }

    void stopProbing() {
        gear.stopProbing();
    }

    void takeDependencies(Action.TakeDependencies action) {
        DependencyLeases known = dependencies;
        if (known == null) {
            known = leases.apply(gear.config());
            dependencies = known;
        }
        known.take(action);
    }

    void keepDependencies(Action.KeepDependencies action) {
        ifTaken(known -> known.keep(action.epoch()));
    }

    void releaseDependencies(Action.ReleaseDependencies action) {
        ifTaken(known -> known.release(action.ailment()));
    }

    private void ifTaken(Consumer<DependencyLeases> task) {
        DependencyLeases known = dependencies;
        if (known != null) {
            task.accept(known);
        }
    }

    void tellCircuit(Action.TellCircuit action) {
        CircuitListener listener = surroundings.circuits();
        ActionQueue told = alerts == null ? new ActionQueue() : alerts;
        alerts = told;
        Reason reason = action.reason();
        if (reason == null) {
            log.info("{}: circuit closed", service);
            told.add(List.of(() -> listener.onClosed(service)));
        } else {
            log.warn("{}: circuit open after {} failures: {}", service, action.failures(), reason.message());
            told.add(List.of(() -> listener.onOpened(service, action.failures(), reason)));
        }
        surroundings.completions().execute(told::run);
    }

    void askVetoes(Action.AskVetoes action) {
        vetoes.ask(action);
    }
}
