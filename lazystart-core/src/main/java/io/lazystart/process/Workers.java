// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The provider's own two threads for all its units: one tells events, the other clears up behind dead leaders, which may
 * take its time. Neither exists while there is nothing to do.
 */
final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 2;

    private final ThreadPoolExecutor events = single("lazystart-process-events");
    private final ThreadPoolExecutor sweeper = single("lazystart-process-sweeper");

    /** Runs a short task in order with the others. */
    void tell(Task task) {
        run(events, task);
    }

    /** Runs a task that may wait for processes to end. */
    void sweep(Task task) {
        run(sweeper, task);
    }

    boolean closed() {
        return sweeper.isShutdown();
    }

    /** Gives tasks at hand a moment to finish, then interrupts them. */
    @Override
    public void close() {
        events.shutdown();
        sweeper.shutdown();
        try {
            if (!sweeper.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("processes left behind by units that ended could not be ended in time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            events.shutdownNow();
            sweeper.shutdownNow();
        }
    }

    private static void run(ThreadPoolExecutor executor, Task task) {
        try {
            executor.execute(() -> runLogged(task));
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed: a task came too late");
        }
    }

    private static void runLogged(Task task) {
        try {
            task.run();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            LOG.warn("a task about processes failed", failure);
        }
    }

    private static ThreadPoolExecutor single(String name) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon(task, name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Something that may throw. */
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }
}
