// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Services whose units are put to sleep for a changed configuration, and which of them hold leases on which: what others
 * depend on does not go before those have let go, however long they take. Not thread-safe.
 */
final class Departures {
    /** What a stop may take beyond its time-out: the provider's answer, its interruption, a kill. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(25);

    /** By the names of those on which they depend. */
    private final Map<String, List<Registry.Entry>> dependents = new HashMap<>();

    private final Map<Registry.Entry, Duration> drains = new HashMap<>();

    /** Looks at those who leave by what they still are; who is nothing holds nothing. */
    Departures(Collection<Registry.Entry> leaving) {
        for (Registry.Entry entry : leaving) {
            Target current = entry.current();
            if (current != null) {
                current.service()
                        .dependsOn()
                        .forEach(edge -> dependents
                                .computeIfAbsent(edge.service(), name -> new ArrayList<>(1))
                                .add(entry));
            }
        }
    }

    /** Those who leave and depend on this one. */
    List<Registry.Entry> dependents(Registry.Entry entry) {
        return dependents.getOrDefault(entry.watcher().name(), List.of());
    }

    /** How long the leases on a service may be needed by those who leave too; zero if none of them depends on it. */
    Duration drain(Registry.Entry entry) {
        Duration known = drains.putIfAbsent(entry, Duration.ZERO);
        if (known != null) {
            return known; // also where what they were at different times makes a circle
        }
        Duration longest = Duration.ZERO;
        for (Registry.Entry dependent : dependents(entry)) {
            Duration needed = over(dependent);
            longest = needed.compareTo(longest) > 0 ? needed : longest;
        }
        drains.put(entry, longest);
        return longest;
    }

    /** When the unit of a service that leaves sleeps at the latest. */
    private Duration over(Registry.Entry entry) {
        Target current = entry.current();
        if (current == null) {
            return Duration.ZERO;
        }
        Duration own = current.service().stop().drain();
        Duration others = drain(entry);
        Duration drain = own.compareTo(others) > 0 ? own : others;
        return drain.plus(current.service().stop().timeout()).plus(STOP_MARGIN);
    }
}
