// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for calls that block. At most so many run at once, further tasks queue. A thread is made when no idle one is
 * there and ends after ten seconds without work; on a runtime that has virtual threads each task gets one of its own.
 */
public final class Workers implements Executor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    private static final long KEEP_ALIVE_MILLIS = 10_000;

    private final ThreadFactory factory;
    private final boolean pooled;
    private final int bound;

    /** Guarded by itself, with the four fields below. */
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

    private int threads;

    /** Threads that wait and have not been called. */
    private int idle;

    /** Calls that no thread has come to yet. */
    private int called;

    private boolean closed;

    /**
     * Creates workers; no thread starts yet.
     *
     * @param role the threads are named {@code lazystart-<role>-<number>}
     * @param bound how many tasks run at once, at least 1
     */
    public Workers(String role, int bound) {
        ThreadFactory virtual = virtualThreads("lazystart-" + role + "-");
        this.factory = virtual == null ? platformThreads("lazystart-" + role + "-") : virtual;
        this.pooled = virtual == null;
        this.bound = bound;
    }

    /** For tests: threads of their own, which are pooled. */
    Workers(ThreadFactory factory, int bound) {
        this.factory = factory;
        this.pooled = true;
        this.bound = bound;
    }

    private static ThreadFactory platformThreads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** {@code Thread.ofVirtual().name(prefix, 1).factory()} where the runtime has it (final since Java 21), else null. */
    @SuppressWarnings("NullAway") // null says that there are none
    private static ThreadFactory virtualThreads(String prefix) {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder));
            MethodHandle name =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle toFactory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) toFactory.invoke(name.invoke(ofVirtual.invoke(), prefix, 1L));
        } catch (Throwable e) {
            log.warn("virtual threads are not available, platform threads are used", e);
            return null;
        }
    }

    /** Runs a task on a worker, or queues it; after {@link #close()} on a thread of its own. Never loses one. */
    @Override
    public void execute(Runnable task) {
        synchronized (queue) {
            queue.add(task);
            if (called >= queue.size()) {
                return; // enough of them are on their way
            }
            if (idle > 0) {
                idle--;
                called++;
                queue.notify();
                return;
            }
            if (threads == bound) {
                return;
            }
            threads++;
        }
        begin();
    }

    /** Starts a thread that is counted already; without one, the task stays queued for the next that can be started. */
    private void begin() {
        try {
            factory.newThread(this::work).start();
        } catch (RuntimeException | Error e) { // the system may have none left for the moment
            synchronized (queue) {
                threads--;
            }
            log.error("no thread could be started", e);
        }
    }

    private void work() {
        Runnable task = take();
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("task failed", e);
            }
            task = take();
        }
    }

    /** The next task, or null when this thread is to end; then it is no longer counted. */
    @SuppressWarnings("NullAway") // null ends the thread
    private Runnable take() {
        synchronized (queue) {
            Runnable task = queue.poll();
            while (task == null && pooled && !closed && isCalled()) {
                task = queue.poll(); // none if a busy thread was faster
            }
            if (task == null) {
                threads--;
            }
            return task;
        }
    }

    /** Waits to be called; false if nobody did for ten seconds. */
    @SuppressWarnings("WaitNotInLoop") // a spurious wake ends one idle thread early, nothing more
    private boolean isCalled() {
        idle++;
        try {
            queue.wait(KEEP_ALIVE_MILLIS);
        } catch (InterruptedException e) {
            log.debug("idle worker interrupted", e); // a late interrupt of a call that is over
        }
        if (called > 0) {
            called--; // whoever wakes first takes it; the other was counted as idle, and is no longer
            return true;
        }
        idle--;
        return false;
    }

    /** Ends idle threads, and the others once nothing is queued. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.notifyAll();
        }
    }
}
