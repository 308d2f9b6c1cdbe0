// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which of the services that hold a unit find it of no use: those who have found it unhealthy, until they were ready on it
 * again, and those who were not ready in time. Once one has found it unhealthy and none of them trusts it, it is given up.
 * All that is said is about one run of it, known by its epoch. Thread-safe.
 */
final class Doubts {
    /** Has the unit's watcher ask, under its lock, whether the run is to be given up. */
    private final Consumer<Idleness.Judge> watcher;

    /** The latest run that was spoken of. Guarded by {@code this}, as the fields below. */
    private long epoch;

    /** Why somebody has found it unhealthy; null if nobody has. */
    private @Nullable Reason ailment;

    /** Who has found it unhealthy, whether or not it holds it now. */
    private final Set<SharedUnit> complainants = new HashSet<>();

    /** Who holds it and finds it of no use, and who holds it and was ready on it since. */
    private final Set<SharedUnit> doubting = new HashSet<>();

    private final Set<SharedUnit> trusting = new HashSet<>();

    /** The last run that was given up. */
    private long givenUp = Dependency.NO_RUN;

    /** Has no doubts yet. */
    Doubts(Consumer<Idleness.Judge> watcher) {
        this.watcher = watcher;
    }

    /** Who was ready on the run, and holds it still, has found it unhealthy. */
    void complain(SharedUnit service, long run, Reason reason) {
        synchronized (this) {
            if (isOver(run)) {
                return;
            }
            ailment = reason;
            trusting.remove(service);
            complainants.add(service);
            doubting.add(service);
        }
        judge();
    }

    /** A service has come to hold the run; {@code late} if it was to be ready on it before. */
    void hold(SharedUnit service, long run, boolean late) {
        synchronized (this) {
            boolean doubts = !isOver(run) && (late || complainants.contains(service));
            if (!doubts || trusting.contains(service)) {
                return;
            }
            doubting.add(service);
        }
        judge();
    }

    /** A service that holds the run can be ready on it; tells whether it may, as the run goes on for as long as it holds it. */
    synchronized boolean trust(SharedUnit service, long run) {
        if (isOver(run)) {
            return false;
        }
        complainants.remove(service);
        doubting.remove(service);
        trusting.add(service);
        return true;
    }

    /** A service is about to give back what it holds: that need not go on for its sake. */
    void leave(SharedUnit service, long run) {
        synchronized (this) {
            trusting.remove(service);
            if (!isOver(run)) {
                doubting.add(service);
            }
        }
        judge();
        synchronized (this) {
            doubting.remove(service);
        }
    }

    /** Whether the service has found the run unhealthy that was spoken of last, and has not been ready on it since. */
    synchronized boolean hasComplained(SharedUnit service) {
        return complainants.contains(service);
    }

    private void judge() {
        watcher.accept(this::condemn);
    }

    private synchronized @Nullable Reason condemn(long run, int leases) {
        if (isOver(run) || complainants.isEmpty() || leases > doubting.size()) {
            return null;
        }
        givenUp = run;
        return ailment;
    }

    /** Whether the run was given up. */
    synchronized boolean isGivenUp(long run) {
        return run == givenUp;
    }

    /** Whether the run is none that goes on. What was said of an earlier one means nothing for a later. */
    private boolean isOver(long run) {
        if (run > epoch) {
            epoch = run;
            ailment = null;
            complainants.clear();
            doubting.clear();
            trusting.clear();
        }
        return run != epoch || run == givenUp;
    }
}
