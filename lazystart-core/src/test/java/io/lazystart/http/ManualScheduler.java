// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Runs tasks when a test says that time has passed. */
final class ManualScheduler implements Scheduler {
    private final List<Entry> entries = new ArrayList<>();
    private long now;

    private record Entry(Runnable task, long due) {}

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        Entry entry = new Entry(task, now + delayNanos);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    void pass(Duration time) {
        long end = now + time.toNanos();
        while (true) {
            Entry next = entries.stream()
                    .filter(entry -> entry.due() <= end)
                    .min(Comparator.comparingLong(Entry::due))
                    .orElse(null);
            if (next == null) {
                break;
            }
            entries.remove(next);
            now = next.due();
            next.task().run();
        }
        now = end;
    }

    int pending() {
        return entries.size();
    }
}
