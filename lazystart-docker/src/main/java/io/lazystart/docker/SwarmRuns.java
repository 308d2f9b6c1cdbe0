// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs out of what is seen of a service's tasks, and tells of their beginning and end. A run lasts as long as any task
 * runs: one that is replaced or added beside others begins none. Its id is that of the task that was the oldest when the run
 * was first seen, which another host finds as well.
 */
final class SwarmRuns {
    private final String unit;
    private final Consumer<UnitEvent> told;

    private long lastTicket; // guarded by this
    private long lastLooked; // guarded by this
    private @Nullable SwarmSight lastSight; // guarded by this
    private long lastSeen; // guarded by this
    private @Nullable String run; // guarded by this
    private Set<String> running = Set.of(); // guarded by this
    private boolean ready; // guarded by this

    /** Tasks that were seen to have ended by themselves; null before the first sight. Guarded by this. */
    private @Nullable Set<String> ended;

    SwarmRuns(String unit, Consumer<UnitEvent> told) {
        this.unit = unit;
        this.told = told;
    }

    /** To be drawn before one looks: of two sights that overtake each other, the later one counts. */
    synchronized long ticket() {
        return ++lastTicket;
    }

    /** Takes note of what a look has found, null for a service that is missing, before it is known what that means. */
    synchronized void looked(long ticket, @Nullable SwarmSight sight) {
        if (ticket >= lastLooked) {
            lastLooked = ticket;
            lastSight = sight;
        }
    }

    /** What was found last, or null for a service that is missing or was never looked at. */
    synchronized @Nullable SwarmSight lastSight() {
        return lastSight;
    }

    /** Tasks that ran when it was last looked. */
    synchronized Set<String> running() {
        return running;
    }

    /** Takes note of what is seen, and gives the id of the current run, or null if there is none. */
    synchronized @Nullable String seen(long ticket, SwarmSight sight, @Nullable Exit exit) {
        Set<String> now = ids(sight.running());
        if (ticket < lastSeen) {
            return now.isEmpty() ? null : continues(now) ? run : oldest(sight);
        }
        lastSeen = ticket;
        if (now.isEmpty()) {
            nothingRuns(sight, exit);
        } else if (!continues(now)) {
            begins(oldest(sight));
        } else if (ready != isReady(sight)) {
            tell(Kind.CHANGED, null, null);
        }
        running = now;
        ready = isReady(sight);
        ended = ids(sight.ended());
        return run;
    }

    /** The service is missing. */
    synchronized void gone(long ticket) {
        if (ticket < lastSeen) {
            return;
        }
        lastSeen = ticket;
        endsIfAny(null);
        running = Set.of();
        ended = Set.of();
        ready = false;
    }

    private void nothingRuns(SwarmSight sight, @Nullable Exit exit) {
        if (run != null) {
            endsIfAny(exit);
            return;
        }
        SwarmTask last = sight.lastEnded();
        if (ended != null && last != null && last.container() != null && !ended.contains(last.id())) {
            begins(last.id()); // and was over before anybody looked
            endsIfAny(exit);
        }
    }

    private void begins(String task) {
        endsIfAny(null);
        run = task;
        tell(Kind.STARTED, task, null);
    }

    private void endsIfAny(@Nullable Exit exit) {
        if (run != null) {
            tell(Kind.ENDED, run, exit);
            run = null;
        }
    }

    /** Under the lock, so that it is heard in this order; the queue that it goes into does not block. */
    private void tell(Kind kind, @Nullable String about, @Nullable Exit exit) {
        told.accept(new UnitEvent(unit, kind, about, exit));
    }

    private boolean continues(Set<String> now) {
        return run != null && !Collections.disjoint(now, running);
    }

    private static boolean isReady(SwarmSight sight) {
        return sight.service().replicas() > 0
                && sight.serving().size() >= sight.service().replicas();
    }

    private static String oldest(SwarmSight sight) {
        return Objects.requireNonNull(sight.running().get(0)).id();
    }

    private static Set<String> ids(List<SwarmTask> tasks) {
        return tasks.stream().map(SwarmTask::id).collect(Collectors.toSet());
    }
}
