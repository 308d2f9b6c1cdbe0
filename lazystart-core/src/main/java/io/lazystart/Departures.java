// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.StopConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Services whose units are to be put to sleep, and which of them hold leases on which: what others depend on does not go
 * before those have let go, however long they take. They are looked at as what they still are, which is not the same
 * configuration for all of them; where that makes a circle, it is cut. Immutable after construction.
 */
final class Departures {
    /** What a stop may take beyond its time-out: the provider's answer, its interruption, a kill. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(25);

    /** Longer drains are as good as endless, and sums of them are to stay countable. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Each with those who hold leases on it, all before it in this order. */
    private final Map<Entry, List<Entry>> dependents = new LinkedHashMap<>();

    private final Map<Entry, Duration> drains = new HashMap<>();

    /** Orders those who leave. */
    Departures(Collection<Entry> leaving) {
        Map<String, List<Entry>> named = new HashMap<>();
        leaving.forEach(entry ->
                named.computeIfAbsent(entry.name(), name -> new ArrayList<>(1)).add(entry));
        Map<Entry, Integer> held = new LinkedHashMap<>();
        leaving.forEach(entry -> held.put(entry, 0));
        leaving.forEach(entry -> dependencies(entry, named).forEach(on -> held.merge(on, 1, Integer::sum)));
        Map<Entry, List<Entry>> before = new HashMap<>();
        Queue<Entry> free = new ArrayDeque<>();
        held.forEach((entry, count) -> {
            if (count == 0) {
                free.add(entry);
            }
        });
        for (Entry entry = free.poll(); entry != null; entry = free.poll()) {
            add(entry, before.getOrDefault(entry, List.of()));
            for (Entry on : dependencies(entry, named)) {
                before.computeIfAbsent(on, any -> new ArrayList<>(1)).add(entry);
                if (held.merge(on, -1, Integer::sum) == 0) {
                    free.add(on);
                }
            }
        }
        held.keySet().stream()
                .filter(entry -> !dependents.containsKey(entry))
                .forEach(entry -> add(entry, before.getOrDefault(entry, List.of())));
    }

    private static List<Entry> dependencies(Entry entry, Map<String, List<Entry>> named) {
        Target current = entry.current();
        if (current == null) {
            return List.of(); // who is nothing holds nothing
        }
        List<Entry> found = new ArrayList<>();
        current.service().dependsOn().forEach(edge -> found.addAll(named.getOrDefault(edge.service(), List.of())));
        return found;
    }

    private void add(Entry entry, List<Entry> before) {
        dependents.put(entry, before);
        Duration needed = Duration.ZERO;
        for (Entry dependent : before) {
            needed = longer(needed, over(dependent));
        }
        drains.put(entry, needed);
    }

    /** How long it takes at most until the unit of a service that leaves sleeps. */
    Duration over(Entry entry) {
        Target current = entry.current();
        if (current == null) {
            return Duration.ZERO;
        }
        StopConfig stop = current.service().stop();
        Duration drain = longer(shortened(stop.drain()), drain(entry));
        return shortened(drain.plus(shortened(stop.timeout())).plus(STOP_MARGIN));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shortened(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }

    /** Who holds leases on whom; each after those who hold leases on it. */
    Map<Entry, List<Entry>> dependents() {
        return dependents;
    }

    /** How long the leases on a service may be needed by those who leave too; zero if none of them depends on it. */
    Duration drain(Entry entry) {
        return drains.getOrDefault(entry, Duration.ZERO);
    }
}
