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
    private final String id;
    private final Unit unit;
    private final UnitWatcher owner;

    /** Whether the service uses the unit. Written by provider calls and by events of the owner, read anywhere. */
    private volatile boolean used;

    /** The owner's epoch when the unit was last ready; as {@link #used}. */
    private volatile long run;

    SharedUnit(String service, Unit unit, UnitWatcher owner) {
        this.id = service + "@" + owner.name();
        this.unit = unit;
        this.owner = owner;
    }

    @Override
    public String id() {
        return id;
    }

    /** What the owner knows; who wants the unit itself read has the owner check it first. */
    @Override
    public UnitStatus status() {
        WatcherSnapshot s = owner.snapshot();
        if (!used) {
            return new UnitStatus(State.STOPPED, null, null);
        }
        return runs(s)
                ? new UnitStatus(State.RUNNING, Long.toString(s.epoch()), null)
                : new UnitStatus(State.STOPPED, null, exit(s.reason()));
    }

    /** One that was restarted from outside runs, though it is not known yet what it can do. */
    private static boolean runs(WatcherSnapshot s) {
        boolean found = s.status() == Status.STARTING && s.cause().kind() == Cause.Kind.OUTSIDE;
        return found || s.status() == Status.READY;
    }

    private String runId() {
        return Long.toString(run);
    }

    @Override
    public String start() {
        WatcherSnapshot s = owner.snapshot();
        if (!runs(s)) {
            throw new IllegalStateException("the unit ended before it was used");
        }
        run = s.epoch();
        used = true;
        return runId();
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) {
        used = false;
    }

    @Override
    public void kill() {
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
        switch (event.type()) {
            case READY -> {
                // Found running: as far as is known every service on it is in use.
                if (event.cause().kind() == Cause.Kind.OUTSIDE && !used) {
                    run = event.epoch();
                    used = true;
                    listener.accept(new UnitEvent(id, UnitEvent.Kind.STARTED, runId(), null));
                }
            }
            case ERROR, NAPPING -> {
                if (used) {
                    used = false;
                    listener.accept(new UnitEvent(id, UnitEvent.Kind.ENDED, runId(), exit(event.reason())));
                }
            }
            case STARTING -> {
                if (event.cause().kind() == Cause.Kind.OUTSIDE && used) {
                    run = event.epoch();
                    listener.accept(new UnitEvent(id, UnitEvent.Kind.CHANGED, runId(), null));
                }
            }
            case WAKING_DEPENDENCY, DEPENDENCY_READY, UNIT_STARTED, WAITING_READY, STOPPING -> {}
        }
    }

    private static Exit exit(@Nullable Reason reason) {
        return reason == null ? new Exit(0, false, List.of()) : new Exit(reason.exitCode(), false, reason.output());
    }
}
