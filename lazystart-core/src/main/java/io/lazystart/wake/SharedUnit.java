// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.watch.WatcherSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one service sees of a unit that others use too. The unit has a watcher of its own, of which this service holds a
 * lease while it is awake; starting and stopping here only say whether this service uses it. Thread-safe.
 */
final class SharedUnit implements Unit {
    private static final Exit UNKNOWN = new Exit(null, false, List.of());

    private final String id;
    private final Unit unit;
    private final UnitWatcher owner;
    private final Doubts doubts;

    /** Whether the service uses the unit. Guarded by {@code this}, as the field below. */
    private boolean used;

    /** The owner's epoch of the run that is used, or was last: what is told of an earlier one comes too late. */
    private long runEpoch;

    /** The owner's epoch of the run that the service held last, whether or not it has come to use it. */
    private long heldEpoch = Dependency.NO_RUN;

    /** The owner's epoch of the last run that the service knows of, by an event or by its own start. */
    private long toldEpoch;

    SharedUnit(String service, Unit unit, UnitWatcher owner, Doubts doubts) {
        this.id = service + "@" + owner.name();
        this.unit = unit;
        this.owner = owner;
        this.doubts = doubts;
    }

    /** Whether the service has found the run unhealthy that goes on, and has not been ready on it since. */
    boolean isDoubted() {
        return doubts.hasComplained(this);
    }

    /** The unit's own watcher, of which a lease is held. */
    UnitWatcher owner() {
        return owner;
    }

    /** Which services find it of no use. */
    Doubts doubts() {
        return doubts;
    }

    @Override
    public String id() {
        return id;
    }

    /**
     * What the owner knows; who wants the unit itself read has the owner check it first. That a run has been given up, and not
     * ended by itself, is told by the loss of its lease, which may be later.
     */
    @Override
    public synchronized UnitStatus status() {
        WatcherSnapshot s = owner.snapshot();
        if (!used) {
            return new UnitStatus(State.STOPPED, null, null);
        }
        if (!runs(s)) {
            if (doubts.isGivenUp(runEpoch)) {
                throw new IllegalStateException("the unit is being restarted, as it was unhealthy");
            }
            return new UnitStatus(State.STOPPED, null, exit(s.reason()));
        }
        if (s.epoch() != runEpoch && !isFromOutside(s.cause())) {
            return new UnitStatus(State.STOPPED, null, UNKNOWN); // others had it started since
        }
        runEpoch = s.epoch();
        return new UnitStatus(State.RUNNING, Long.toString(runEpoch), null);
    }

    /** One that was restarted from outside runs, though it is not known yet what it can do. */
    private static boolean runs(WatcherSnapshot s) {
        return s.status() == Status.READY || (s.status() == Status.STARTING && isFromOutside(s.cause()));
    }

    private static boolean isFromOutside(Cause cause) {
        return cause.kind() == Cause.Kind.OUTSIDE;
    }

    @Override
    public synchronized String start() {
        WatcherSnapshot s = owner.snapshot();
        boolean runs = runs(s);
        if (!runs && !doubts.isGivenUp(heldEpoch)) {
            throw new IllegalStateException("the unit ended before it was used");
        }
        runEpoch = runs ? s.epoch() : heldEpoch; // that this one has been given up is told by the loss of its lease
        toldEpoch = runEpoch;
        used = true;
        return Long.toString(runEpoch);
    }

    /** The service has come to hold a run. */
    synchronized void hold(long run) {
        heldEpoch = run;
    }

    /** An attempt begins by which the service is to come to use it; until it does, it does not run for the service. */
    synchronized void begin() {
        used = false;
    }

    @Override
    public synchronized void stop(@Nullable String signal, Duration timeout) {
        used = false;
    }

    @Override
    public synchronized void kill() {
        used = false;
    }

    @Override
    public boolean listens() {
        return unit.listens();
    }

    @Override
    public Set<Long> pids() throws Exception {
        return unit.pids();
    }

    @Override
    public @Nullable UnitAddress address() throws Exception {
        return unit.address();
    }

    @Override
    public boolean awaitsHealth() {
        return unit.awaitsHealth();
    }

    @Override
    public Health health() throws Exception {
        return unit.health();
    }

    @Override
    public @Nullable String strangerAt(UnitAddress address) throws Exception {
        return unit.strangerAt(address);
    }

    /**
     * Takes in what becomes of the unit.
     *
     * @param event of the owner
     * @param listener hears what that is for this service
     */
    void on(WakeEvent event, Consumer<UnitEvent> listener) {
        UnitEvent told = take(event);
        if (told != null) {
            listener.accept(told);
        }
    }

    private synchronized @Nullable UnitEvent take(WakeEvent event) {
        return switch (event.type()) {
            case STARTING, READY -> event.epoch() > toldEpoch ? anotherRun(event) : null;
            case ERROR, NAPPING -> used && event.epoch() >= runEpoch ? ended(event) : null;
            case WAKING_DEPENDENCY, DEPENDENCY_READY, UNIT_STARTED, WAITING_READY, STOPPING -> null;
        };
    }

    /** Where the unit was found running, every service on it is in use, as far as is known. */
    private @Nullable UnitEvent anotherRun(WakeEvent event) {
        boolean found = isFromOutside(event.cause());
        if (used && !found) {
            return event.epoch() > runEpoch ? ended(event) : null;
        }
        if (!found || !(used || event.type() == WakeEvent.Type.READY)) {
            return null;
        }
        UnitEvent.Kind kind = used ? UnitEvent.Kind.CHANGED : UnitEvent.Kind.STARTED;
        runEpoch = Math.max(runEpoch, event.epoch());
        toldEpoch = event.epoch();
        used = true;
        return new UnitEvent(id, kind, Long.toString(runEpoch), null);
    }

    private UnitEvent ended(WakeEvent event) {
        used = false;
        return new UnitEvent(id, UnitEvent.Kind.ENDED, Long.toString(runEpoch), exit(event.reason()));
    }

    private static Exit exit(@Nullable Reason reason) {
        return reason == null ? new Exit(0, false, List.of()) : new Exit(reason.exitCode(), false, reason.output());
    }
}
