// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start times of all services of one host, kept over restarts. They are read once, and written a while after a wake
 * was learned, with all that was learned meanwhile; nobody ever waits for the file but {@link #close()}. A file that
 * cannot be written is told once, and does nothing to the services. Thread-safe.
 */
public final class LearnedTimes implements AutoCloseable {
    /** A crowd of services that wake together is written once. */
    static final long WRITE_AFTER_NANOS = 5_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(LearnedTimes.class);
    private static final long CLOSE_SECONDS = 5;
    private static final int MAX_GONE = 1_000;

    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Executor writes;
    private final StartTimesFile file;

    /** What the file said at the beginning of services that have not asked for theirs yet. */
    private final Map<String, StartTimesFile.Entry> earlier = new ConcurrentHashMap<>();

    /** Services that have woken; those that never do cost nothing here. */
    private final Map<String, StartTimes> learned = new ConcurrentHashMap<>();

    /** Services that have woken and are no more, those that went first first. Guarded by itself, with what moves between both. */
    private final Map<String, StartTimes> gone = new LinkedHashMap<>();

    /** Services that have woken since the file was last written. */
    private final Set<String> unwritten = ConcurrentHashMap.newKeySet();

    /** Whether a write is to come that has not begun. */
    private final AtomicBoolean due = new AtomicBoolean();

    /** Whether the last access failed, so that it is told once. Touched by one task of {@link #writes} at a time. */
    private boolean failing;

    private volatile boolean closed;

    /**
     * Reads what earlier hosts have learned. Blocks. Makes no folder and no file.
     *
     * @param stateDirectory where the file is kept; made when there is something to write
     * @param ticker stamps what is learned
     * @param scheduler begins a write
     * @param writes writes, one task at a time; not closed with this
     */
    public LearnedTimes(Path stateDirectory, Ticker ticker, Scheduler scheduler, Executor writes) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.writes = writes;
        this.file = new StartTimesFile(stateDirectory);
        try {
            earlier.putAll(file.read());
        } catch (IOException | RuntimeException e) {
            failed("read", e);
        }
    }

    /**
     * Finds the start times of a service.
     *
     * @param service its name
     * @return those of earlier hosts, or none yet
     */
    public StartTimes of(String service) {
        StartTimes known = find(service);
        if (known != null) {
            return known;
        }
        StartTimesFile.Entry entry = earlier.remove(service);
        return new StartTimes(entry == null ? List.of() : entry.nanos(), times -> learned(service, times));
    }

    /**
     * A service is no more, and has woken for the last time. Should it come back, its start times are those it had, unless very
     * many have gone since.
     *
     * @param service its name
     */
    public void forget(String service) {
        StartTimes times = learned.get(service);
        if (times == null) {
            return;
        }
        synchronized (gone) {
            gone.put(service, times);
            learned.remove(service);
            if (gone.size() > MAX_GONE) {
                gone.remove(gone.keySet().iterator().next());
            }
        }
    }

    /** The start times of a service that has woken, also of one that is gone since; null if it has not or they are forgotten. */
    private @Nullable StartTimes find(String service) {
        synchronized (gone) {
            StartTimes known = learned.get(service);
            return known == null ? gone.get(service) : known;
        }
    }

    private void learned(String service, StartTimes times) {
        if (closed) {
            return;
        }
        synchronized (gone) {
            gone.remove(service);
            learned.put(service, times);
        }
        unwritten.add(service);
        if (due.compareAndSet(false, true)) {
            scheduler.schedule(this::begin, WRITE_AFTER_NANOS);
        }
    }

    private void begin() {
        if (!closed) { // else the last write has been made, and the folder may be somebody else's by now
            writes.execute(this::write);
        }
    }

    private void write() {
        due.set(false); // what is learned from here on may be missed by this write
        Map<String, StartTimesFile.Entry> batch = new TreeMap<>();
        Instant now = ticker.wall();
        for (String service : List.copyOf(unwritten)) {
            unwritten.remove(service);
            StartTimes times = find(service);
            if (times != null) {
                batch.put(service, new StartTimesFile.Entry(now, times.recent()));
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            file.merge(batch, now);
            failing = false;
        } catch (IOException | RuntimeException e) {
            unwritten.addAll(batch.keySet());
            failed("written", e);
        }
    }

    private void failed(String what, Exception e) {
        if (failing) {
            log.debug("{} cannot be {}", file.path(), what, e);
        } else {
            log.warn(
                    "{} cannot be {} and start times are forgotten when the host ends: {}",
                    file.path(),
                    what,
                    e.toString());
        }
        failing = true;
    }

    /** Writes what is unwritten. Blocks, for five seconds at most. Idempotent; what is learned later is forgotten. */
    @Override
    public void close() {
        closed = true;
        if (learned.isEmpty()) {
            return;
        }
        FutureTask<Void> last = new FutureTask<>(this::write, null);
        writes.execute(last);
        try {
            last.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("{} was not written within {} s: {}", file.path(), CLOSE_SECONDS, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the write goes on, unless the host ends first
        }
    }
}
