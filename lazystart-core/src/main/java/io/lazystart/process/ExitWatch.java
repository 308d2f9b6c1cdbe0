// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Scheduler.Timer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices the end of leaders. The runtime tells of children at once; adopted ones are looked at every 250 ms, all by one
 * timer. Children are looked at as well: the runtime tells by the common pool, which the host's own tasks may block.
 */
final class ExitWatch implements AutoCloseable {
    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);

    private final Scheduler scheduler;
    private final Workers workers;

    /** What to do at the end of each run. Whoever removes the entry does it, so it is done once. */
    private final Map<Run, Workers.Task> watched = new ConcurrentHashMap<>();

    private @Nullable Timer timer; // guarded by this; null while nothing is watched
    private boolean closed; // guarded by this

    ExitWatch(Scheduler scheduler, Workers workers) {
        this.scheduler = scheduler;
        this.workers = workers;
    }

    /** Begins to watch; {@code atEnd} runs once on the events thread. */
    void add(Run run, Workers.Task atEnd) {
        watched.put(run, atEnd);
        Process child = run.child();
        if (child != null) {
            var unused = child.onExit().thenRun(() -> ended(run));
        }
        arm(false);
    }

    @Override
    public synchronized void close() {
        closed = true;
        watched.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void ended(Run run) {
        Workers.Task atEnd = watched.remove(run);
        if (atEnd != null) {
            workers.tell(atEnd);
        }
    }

    private synchronized void arm(boolean again) {
        if (closed || (timer != null && !again)) {
            return;
        }
        // The check reads files, and a scheduler's tasks must not wait for anything.
        timer = watched.isEmpty() ? null : scheduler.schedule(() -> workers.tell(this::check), INTERVAL_NANOS);
    }

    private void check() {
        try {
            watched.keySet().forEach(this::check);
        } finally {
            arm(true);
        }
    }

    private void check(Run run) {
        try {
            if (!run.alive()) {
                ended(run);
            }
        } catch (IOException unknown) {
            LOG.debug("run {} cannot be looked at", run.id(), unknown);
        }
    }
}
