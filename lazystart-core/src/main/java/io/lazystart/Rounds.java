// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.time.Scheduler;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the units of providers that cannot tell what becomes of them, at all or for now: each ten seconds while a unit is
 * awake, each minute while it sleeps, and never many at once, since each has a second of its own. Without such a provider
 * nothing runs.
 */
final class Rounds implements AutoCloseable {
    private static final int AWAKE_SECONDS = 10;
    private static final int ASLEEP_SECONDS = 60;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Scheduler scheduler;
    private final Holders holders;

    /** Guarded by {@code this}, with the fields below. */
    private Set<String> types = Set.of();

    /** Providers whose events are missed for now. Changed and read anywhere. */
    private final Set<String> lost = ConcurrentHashMap.newKeySet();

    private int second;
    private Scheduler.@Nullable Timer timer;
    private boolean closed;

    Rounds(Scheduler scheduler, Holders holders) {
        this.scheduler = scheduler;
        this.holders = holders;
    }

    /** Reads the units of these types from now on. */
    synchronized void of(Set<String> silent) {
        types = silent;
        begin();
    }

    /** Reads the units of this type too, until its events are heard again. */
    synchronized void lost(String type) {
        lost.add(type);
        begin();
    }

    /** Events of this type are heard again. */
    void heard(String type) {
        lost.remove(type);
    }

    private void begin() {
        if (timer == null) {
            again();
        }
    }

    private synchronized void again() {
        timer = closed || (types.isEmpty() && lost.isEmpty()) ? null : scheduler.schedule(this::look, SECOND_NANOS);
    }

    private void look() {
        Set<String> silent;
        int now;
        synchronized (this) {
            silent = new HashSet<>(types);
            silent.addAll(lost);
            second = (second + 1) % ASLEEP_SECONDS;
            now = second;
        }
        silent.forEach(type -> holders.each(type, watcher -> {
            int turn = Math.floorMod(watcher.name().hashCode(), ASLEEP_SECONDS);
            int every = watcher.isAsleep() ? ASLEEP_SECONDS : AWAKE_SECONDS;
            if (turn % every == now % every) {
                watcher.reread();
            }
        }));
        again();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
