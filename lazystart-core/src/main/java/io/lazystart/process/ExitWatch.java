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
 * timer. Children are looked at as well: the runtime tells by the common pool, which the host's own tasks may block. The
 * same timer has each run looked after now and then.
 */
final class ExitWatch implements AutoCloseable {
    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How many intervals there are from one look after the runs to the next: a minute's. */
    private static final int CARE_INTERVALS = (int) (TimeUnit.MINUTES.toNanos(1) / INTERVAL_NANOS);

    private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);

    private final Scheduler scheduler;
    private final Workers workers;

    /** What to do with each run. Whoever removes the entry does what is to be done at its end, so it is done once. */
    private final Map<Run, Tasks> watched = new ConcurrentHashMap<>();

    private int intervals; // touched by the events thread only

    private @Nullable Timer timer; // guarded by this; null while nothing is watched
    private boolean closed; // guarded by this

    ExitWatch(Scheduler scheduler, Workers workers) {
        this.scheduler = scheduler;
        this.workers = workers;
    }

    /**
     * Begins to watch.
     *
     * @param atEnd runs once on the events thread
     * @param care runs once a minute on the sweeper, for as long as the run lasts
     */
    void add(Run run, Workers.Task atEnd, Workers.Task care) {
        watched.put(run, new Tasks(atEnd, care));
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
        Tasks tasks = watched.remove(run);
        if (tasks != null) {
            workers.tell(tasks.atEnd);
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
            intervals = (intervals + 1) % CARE_INTERVALS;
            if (intervals == 0) {
                watched.values().forEach(tasks -> workers.sweep(tasks.care));
            }
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

    private record Tasks(Workers.Task atEnd, Workers.Task care) {}
}
