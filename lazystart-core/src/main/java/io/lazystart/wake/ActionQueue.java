// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what was decided under a lock, off it, in the order of the decisions: tasks are added under the lock and run by one
 * thread at a time, whichever comes first. Tasks do not block.
 */
public final class ActionQueue {
    private static final Logger log = LoggerFactory.getLogger(ActionQueue.class);

    /** Guarded by {@code this}, with the field below. */
    private List<Runnable> tasks = List.of();

    private boolean running;

    /** Creates an empty queue. */
    public ActionQueue() {}

    /**
     * Adds tasks; the caller holds the lock that orders the decisions.
     *
     * @param more run after those that are there
     */
    public synchronized void add(List<Runnable> more) {
        if (tasks.isEmpty()) {
            tasks = new ArrayList<>(more.size());
        }
        tasks.addAll(more);
    }

    /**
     * Decides under a lock, and does off it what was decided.
     *
     * @param lock orders the decisions
     * @param decision adds tasks
     */
    public void decide(Lock lock, Runnable decision) {
        lock.lock();
        try {
            decision.run();
        } finally {
            lock.unlock();
        }
        run();
    }

    /** Runs tasks until there are none, unless another thread is at it. The caller holds no lock. */
    public void run() {
        for (List<Runnable> batch = begin(); !batch.isEmpty(); batch = more()) {
            batch.forEach(ActionQueue::run);
        }
    }

    private synchronized List<Runnable> begin() {
        return running ? List.of() : more();
    }

    private synchronized List<Runnable> more() {
        List<Runnable> batch = tasks;
        tasks = List.of();
        running = !batch.isEmpty();
        return batch;
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("action failed", e);
        }
    }
}
