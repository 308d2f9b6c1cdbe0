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
    private Set<String> silent = Set.of();

    /** Providers whose events are missed for now. Changed and read anywhere. */
    private final Set<String> lost = ConcurrentHashMap.newKeySet();

    private int second;
    private Scheduler.@Nullable Timer timer;
    private boolean closed;

    Rounds(Scheduler scheduler, Holders holders) {
        this.scheduler = scheduler;
        this.holders = holders;
    }

    /** Reads the units of these connections from now on. */
    synchronized void of(Set<String> silent) {
        this.silent = silent;
        begin();
    }

    /** Reads the units of this connection too, until its events are heard again. */
    synchronized void lost(String connection) {
        lost.add(connection);
        begin();
    }

    /** Events of this connection are heard again. */
    void heard(String connection) {
        lost.remove(connection);
    }

    private void begin() {
        if (timer == null) {
            again();
        }
    }

    private synchronized void again() {
        timer = closed || (silent.isEmpty() && lost.isEmpty()) ? null : scheduler.schedule(this::look, SECOND_NANOS);
    }

    private void look() {
        Set<String> asked;
        int now;
        synchronized (this) {
            asked = new HashSet<>(silent);
            asked.addAll(lost);
            second = (second + 1) % ASLEEP_SECONDS;
            now = second;
        }
        asked.forEach(connection -> holders.each(connection, watcher -> {
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
