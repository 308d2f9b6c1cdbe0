// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.bus.EventBus;
import io.lazystart.bus.Subscriber;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeListener;
import io.lazystart.failure.WakeException;
import io.lazystart.lease.Incarnation;
import io.lazystart.provider.UnitEvent;
import io.lazystart.state.Action;
import io.lazystart.state.ConfigSignal;
import io.lazystart.state.OrderSignal;
import io.lazystart.state.Policy;
import io.lazystart.state.Signal;
import io.lazystart.state.Snapshot;
import io.lazystart.state.StateMachine;
import io.lazystart.watch.Lease;
import io.lazystart.watch.LifeEntry;
import io.lazystart.watch.Pin;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import io.lazystart.watch.WatcherSnapshot;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shell around the state machine of one service: turns what happens into signals, and has {@link Decisions} decide.
 */
public final class UnitWatcher implements Watcher {
    private final String name;
    private final Function<String, @Nullable UnitWatcher> watchers;
    private final Surroundings surroundings;

    private final EventBus bus;
    private final Commit.WatcherParts parts;
    private final Decisions decisions;
    private final Callers callers;
    private final Vetoes vetoes;
    private final Consumer<Signal> signals;

    /** Replaced when the configuration has changed. */
    private volatile WatcherConfig config;

    /** Whether events of the unit are being missed. Set by the provider's threads. */
    private volatile boolean deaf;

    /** Runs the calls of the unit's provider. As {@link #config}. */
    private volatile Executor providerCalls;

    /**
     * Creates a watcher that has read nothing yet.
     *
     * @param config what it watches, and how
     * @param surroundings what it shares with others
     * @param watchers finds the watcher of a dependency by its name, or null if it was removed
     */
    public UnitWatcher(
            WatcherConfig config, Surroundings surroundings, Function<String, @Nullable UnitWatcher> watchers) {
        this.config = config;
        this.providerCalls = surroundings.providerCalls();
        this.name = config.service().name();
        this.watchers = watchers;
        this.surroundings = surroundings;
        surroundings.firstReads().expect();
        Instant since = surroundings.ticker().wall();
        this.bus = new EventBus(name, since, Snapshot.INITIAL.cause());
        this.signals = this::signal;
        Gear gear = gear(config, providerCalls);
        this.vetoes = new Vetoes(name, gear.objectors(surroundings.vetoes()), surroundings, this::signal);
        Effects effects = new Effects(gear, surroundings, bus, signals, this::dependencies, vetoes, this::due);
        StartTimes startTimes = surroundings.startTimes().apply(name);
        this.parts = new Commit.WatcherParts(effects, surroundings, startTimes);
        this.decisions =
                new Decisions(new StateMachine(config.policy()), surroundings, this::incarnation, parts, since);
        this.callers = new Callers(name, decisions, surroundings);
    }

    /** The watcher of the unit, where others use it too. */
    private @Nullable UnitWatcher owner() {
        SharedUnit shared = config.shared();
        return shared == null ? null : shared.owner();
    }

    private Gear gear(WatcherConfig of, Executor providerCalls) {
        return Gear.of(of, providerCalls, surroundings, this::becameReady, signals);
    }

    private DependencyLeases dependencies(WatcherConfig of) {
        return new DependencyLeases(of, surroundings, watchers, decisions);
    }

    private Incarnation incarnation(long epoch) {
        Incarnation.ZeroListener fallen = () -> idleness().fellToZero(epoch);
        return new Incarnation(epoch, surroundings.ticker(), config.idleNanos() == 0, fallen);
    }

    /** Keeps nothing, and so is not kept: most of very many services sleep. */
    private Idleness idleness() {
        return new Idleness(decisions, surroundings);
    }

    /**
     * Goes on by another configuration of the same unit: what is under way goes on, and a deadline that runs stays. Not to
     * be called by two threads at once, as the two methods below.
     *
     * @param next the same unit and job as before
     */
    public void retune(WatcherConfig next) {
        boolean neverSlept = config.policy().idleNanos() == Policy.NEVER;
        refit(next, new ConfigSignal.Retuned(now(), neverSlept));
    }

    /**
     * Puts the unit to sleep, after its leases have ended, so that another can take its place. Whoever asks meanwhile waits
     * for that one.
     *
     * @param drain at least so long leases are waited for
     * @param onVacated called once the unit is at rest; then {@link #occupy} is due
     */
    public void replace(Duration drain, Runnable onVacated) {
        parts.effects().onVacated(onVacated);
        signal(new ConfigSignal.Replace(now(), WatcherConfig.nanos(drain), 0));
    }

    /**
     * Has no unit to read yet: another watcher has it, and will give it up. Instead of {@link #boot()}.
     *
     * @param onVacated called soon; then {@link #occupy} is due as soon as the unit is free
     */
    public void awaitUnit(Runnable onVacated) {
        surroundings.firstReads().done();
        replace(Duration.ZERO, onVacated);
    }

    /**
     * Watches another unit from now on. The unit watched before must have made room.
     *
     * @param next what is watched, and how
     * @param calls runs its verbs, status reads and probes
     */
    public void occupy(WatcherConfig next, Executor calls) {
        providerCalls = calls;
        deaf = false;
        refit(next, new ConfigSignal.Replaced(now()));
    }

    private void refit(WatcherConfig next, Signal signal) {
        config = next;
        Gear gear = gear(next, providerCalls);
        decisions.retune(next.policy(), () -> parts.effects().refit(gear), signal);
    }

    /** Reads the unit for the first time. */
    public void boot() {
        decisions.check(new Signal.Boot(now()), surroundings.firstReads()::done);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable Lease tryAcquire() {
        return decisions.tryAcquire();
    }

    @Override
    public CompletionStage<Lease> acquire(WakeRequest request) {
        return callers.acquire(request, config.service().holdTimeout());
    }

    @Override
    public Lease acquire(Duration wait) throws InterruptedException {
        return callers.acquire(wait);
    }

    /**
     * Waits for a lease on behalf of a service that depends on this one: for as long as it takes, and without a place in
     * the waiting room.
     *
     * @param cause who needs it
     * @return completes with a lease or with a {@link WakeException}; to be cancelled when it is needed no more
     */
    CompletableFuture<Lease> hold(Cause cause) {
        return callers.hold(cause);
    }

    /** Puts the unit down if it runs and the judge says so. */
    void giveUpIf(Idleness.Judge judge) {
        idleness().judged(judge);
    }

    @Override
    public WatcherSnapshot wake(Cause cause) {
        signal(new Signal.Wake(now(), cause));
        return snapshot();
    }

    @Override
    public void sleep() {
        signal(new OrderSignal.Sleep(now(), false, 0));
    }

    @Override
    public void sleepNow() {
        signal(new OrderSignal.Sleep(now(), true, 0));
    }

    @Override
    public void pin(Pin pin) {
        signal(new OrderSignal.SetPin(now(), pin, 0));
    }

    @Override
    public void reset() {
        UnitWatcher unit = owner();
        if (unit != null) {
            unit.reset();
        }
        signal(new OrderSignal.Reset(now()));
    }

    @Override
    public CompletionStage<WatcherSnapshot> check() {
        UnitWatcher unit = owner();
        return unit == null ? checkUnit() : unit.check().thenCompose(known -> checkUnit());
    }

    private CompletionStage<WatcherSnapshot> checkUnit() {
        CompletableFuture<WatcherSnapshot> answer = new CompletableFuture<>();
        decisions.check(new Signal.Recheck(now()), () -> {
            parts.effects().probeHealth();
            surroundings.completions().execute(() -> answer.complete(snapshot()));
        });
        return answer;
    }

    @Override
    public WatcherSnapshot snapshot() {
        Snapshot s = decisions.snapshot();
        long now = now();
        long median = parts.startTimes().median();
        UnitWatcher shared = owner();
        WatcherSnapshot unit = shared == null ? null : shared.snapshot();
        boolean held = s.failures().bars(now) && s.status() != Status.STARTING && !s.awaitsAnother();
        boolean timed = held && !s.failures().barsForGood();
        return new WatcherSnapshot(
                name(),
                s.status(),
                s.epoch(),
                decisions.since(),
                s.cause(),
                held ? s.failures().reason() : s.reason(),
                timed ? Duration.ofNanos(s.failures().retryAtNanos() - now) : null,
                s.failures().open() || (unit != null && unit.circuitOpen()),
                s.waiters(),
                decisions.leases(s),
                vetoes.failures(),
                deaf || s.failedReads() > 0 || (unit != null && unit.stale()),
                s.pin(),
                median < 0 ? null : Duration.ofNanos(median),
                s.status() == Status.STARTING ? Duration.ofNanos(now - s.attemptNanos()) : null);
    }

    @Override
    public List<LifeEntry> history() {
        return parts.effects().remembered();
    }

    @Override
    public Subscription subscribe(WakeListener listener, Executor executor) {
        Subscriber subscriber = bus.subscriber(listener, executor);
        decisions.enqueue(() -> bus.join(subscriber));
        return subscriber;
    }

    /**
     * Takes in an event of the unit's provider.
     *
     * @param event about this watcher's unit
     */
    public void onUnitEvent(UnitEvent event) {
        switch (event.kind()) {
            case STARTED -> signal(new Signal.UnitStarted(now(), event.run()));
            case ENDED -> signal(new Signal.UnitEnded(now(), event.run(), event.exit(), 0));
            case CHANGED -> {
                reread();
                changed();
            }
        }
    }

    /** Something about the unit has changed, perhaps its health. */
    void changed() {
        parts.effects().changed();
    }

    /** Events of the unit are missed from now on. */
    public void onLost() {
        deaf = true;
    }

    /** Tells whether the unit sleeps, as far as is known. */
    public boolean isAsleep() {
        return decisions.snapshot().status() == Status.NAPPING;
    }

    /** Has the unit read again: events may have been lost. */
    public void onResync() {
        deaf = false;
        reread();
    }

    /** Has the unit read again, to see what nobody has told. */
    public void reread() {
        decisions.resync(new Signal.Recheck(now()));
    }

    /**
     * The host says that the service is busy though nobody holds a lease.
     *
     * @param ttl for how long from now; what was said before and lasts longer stays
     */
    public void busy(Duration ttl) {
        decisions.between(() -> vetoes.busyFor(WatcherConfig.nanos(ttl)));
    }

    /** The host was suspended and goes on. */
    public void onResumed() {
        signal(new Signal.Resumed(now()));
    }

    /**
     * Ends the waiters and stops or leaves the unit.
     *
     * @param hold whether others that depend on the service are not closed yet: then a unit that is in use is stopped when
     *     it is given back, or when this is called again without that
     * @return completes when nothing more will happen
     */
    public CompletionStage<Void> close(boolean hold) {
        signal(new OrderSignal.Close(now(), hold, 0));
        return parts.closed();
    }

    /**
     * Ends the waiters because the service was removed, and stops or leaves the unit, once its leases have ended.
     *
     * @param drain at least so long leases are waited for
     * @return completes when nothing more will happen
     */
    public CompletionStage<Void> remove(Duration drain) {
        signal(new ConfigSignal.Remove(now(), WatcherConfig.nanos(drain), 0));
        return parts.closed();
    }

    private @Nullable String becameReady(Action.Probe probed, @Nullable URI address) {
        if (decisions.snapshot().question() == probed.question()
                && !parts.effects().trustUnit()) {
            return "its unit is put to sleep for others";
        }
        decisions.signalReady(new Signal.ProbeSucceeded(now(), probed.question()), address);
        return null;
    }

    private void due(Action.Timer kind, long token) {
        if (kind == Action.Timer.IDLE) {
            idleness().due(token);
            return;
        }
        signal(Timers.signal(kind, now(), token, parts.effects()::observed));
    }

    private long now() {
        return surroundings.ticker().nanos();
    }

    private void signal(Signal signal) {
        decisions.signal(signal);
    }

    private void signal(Function<Snapshot, @Nullable Signal> form) {
        decisions.signal(form);
    }
}
