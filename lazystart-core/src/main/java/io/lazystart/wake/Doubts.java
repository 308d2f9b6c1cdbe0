// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of the services on a unit hold it without its being of use to them. One that has found it unhealthy gives it up
 * and takes it again; the unit is restarted once all who hold it are such, or were not ready in time. Thread-safe.
 */
final class Doubts {
    private final LongSupplier current;
    private final Consumer<UnitWatcher.Judge> restart;

    /** Who holds the run in doubt. Guarded by {@code this}, as the fields below. */
    private final Set<SharedUnit> doubting = new HashSet<>();

    /** Why somebody gave the run up; null if nobody has. */
    private @Nullable Reason ailment;

    /** The last run that was put down for that. */
    private long condemned = Dependency.NO_RUN;

    /** The unit's epoch of the run. */
    private long epoch;

    /** Has no doubts yet; {@code current} tells the unit's epoch, {@code restart} has its watcher ask the judge. */
    Doubts(LongSupplier current, Consumer<UnitWatcher.Judge> restart) {
        this.current = current;
        this.restart = restart;
    }

    /** Somebody who was ready on the unit has found it unhealthy, and holds it no more. */
    void giveUp(Reason reason) {
        synchronized (this) {
            see(current.getAsLong());
            ailment = reason;
        }
        judge();
    }

    /** A service holds a run that it has given up before, or on which it was not ready in time. */
    void doubt(SharedUnit service, long run) {
        synchronized (this) {
            see(run);
            if (run == epoch) {
                doubting.add(service);
            }
        }
        judge();
    }

    /** A service that holds a run has found it of use; tells whether the run goes on. */
    synchronized boolean trust(SharedUnit service, long run) {
        see(run);
        doubting.remove(service);
        return run == epoch && run != condemned;
    }

    /** Whether a run was put down for that. */
    synchronized boolean isGivenUp(long run) {
        return run == condemned;
    }

    /** A service is about to give back what it holds. */
    synchronized void forget(SharedUnit service) {
        doubting.remove(service);
    }

    private void judge() {
        restart.accept(this::condemn);
    }

    private synchronized @Nullable Reason condemn(long run, int leases) {
        see(run);
        if (ailment == null || leases > doubting.size()) {
            return null;
        }
        condemned = run;
        return ailment;
    }

    /** What was known of an earlier run means nothing for this one. */
    private void see(long run) {
        if (run > epoch) {
            epoch = run;
            doubting.clear();
            ailment = null;
        }
    }
}
