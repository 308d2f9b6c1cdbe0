// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Who has found it unhealthy, whether or not it holds it now, and why; the last complaint last. */
    private final Map<SharedUnit, Reason> complaints = new LinkedHashMap<>();

    /** Who holds it and finds it of no use, and who holds it and was ready on it since. */
    private final Set<SharedUnit> doubting = new HashSet<>();

    private final Set<SharedUnit> trusting = new HashSet<>();

    /** The last run that was given up. */
    private long givenUp = Dependency.NO_RUN;

    /** Has no doubts yet. */
    Doubts(Consumer<Idleness.Judge> watcher) {
        this.watcher = watcher;
    }

    /** A service has come to hold the run; {@code late} if it was to be ready on it before. */
    void hold(SharedUnit service, long run, boolean late) {
        synchronized (this) {
            boolean doubts = !isOver(run) && (late || complaints.containsKey(service));
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
        complaints.remove(service);
        doubting.remove(service);
        trusting.add(service);
        return true;
    }

    /**
     * A service is about to give back what it holds: that need not go on for its sake. {@code ailment} is why it has found it
     * unhealthy, or null.
     */
    void leave(SharedUnit service, long run, @Nullable Reason ailment) {
        synchronized (this) {
            trusting.remove(service);
            if (!isOver(run)) {
                doubting.add(service);
                complain(service, ailment);
            }
        }
        judge();
        synchronized (this) {
            doubting.remove(service);
        }
    }

    private void complain(SharedUnit service, @Nullable Reason ailment) {
        if (ailment != null) {
            complaints.remove(service); // it goes last
            complaints.put(service, ailment);
        }
    }

    /** Whether the service has found the run unhealthy that was spoken of last, and has not been ready on it since. */
    synchronized boolean hasComplained(SharedUnit service) {
        return complaints.containsKey(service);
    }

    private void judge() {
        watcher.accept(this::condemn);
    }

    private synchronized @Nullable Reason condemn(long run, int leases) {
        if (isOver(run) || complaints.isEmpty() || leases > doubting.size()) {
            return null;
        }
        givenUp = run;
        return List.copyOf(complaints.values()).get(complaints.size() - 1);
    }

    /** Whether the run was given up. */
    synchronized boolean isGivenUp(long run) {
        return run == givenUp && run != Dependency.NO_RUN;
    }

    /** Whether the run is none that goes on. What was said of an earlier one means nothing for a later. */
    private boolean isOver(long run) {
        if (run > epoch) {
            epoch = run;
            complaints.clear();
            doubting.clear();
            trusting.clear();
        }
        return run != epoch || run == givenUp;
    }
}
