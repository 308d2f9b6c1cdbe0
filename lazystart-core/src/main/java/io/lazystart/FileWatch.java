// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a file has changed, by looking at it twice a second. A file that is being written, or replaced in several
 * steps, is taken once it has been left alone from one look to the next: a burst of changes is one. Looking works where
 * notifications of the system do not: on shares, bind mounts, and behind links whose target is exchanged. A change that was
 * refused is taken up again each ten seconds: what stood against it may lie outside the file.
 */
final class FileWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int RETRY_LOOKS = 20;

    /** What a look sees; all parts null where there is no file. */
    record Look(
            @Nullable FileTime modified,
            long size,
            @Nullable Object key) {
        static final Look NONE = new Look(null, 0, null);
    }

    private final Path file;
    private final Scheduler scheduler;
    private final Executor executor;
    private final BooleanSupplier onChange;

    /** Touched by one look at a time, as the field below. */
    private Look taken;

    private Look last;

    /** How many more looks until a refused change is taken up again; 0 if none was refused. */
    private int retry;

    /** Guarded by {@code this}, as the field below. */
    private Scheduler.@Nullable Timer timer;

    private boolean closed;

    /**
     * Watches the file since it was seen so; {@code executor} looks at it and runs what a change leads to, which tells
     * whether it was taken in.
     */
    FileWatch(Path file, Look seen, Scheduler scheduler, Executor executor, BooleanSupplier onChange) {
        this.file = file;
        this.scheduler = scheduler;
        this.executor = executor;
        this.onChange = onChange;
        this.taken = seen;
        this.last = seen;
        again();
    }

    private synchronized void again() {
        if (!closed) {
            timer = scheduler.schedule(() -> executor.execute(this::compare), INTERVAL_NANOS);
        }
    }

    private void compare() {
        Look now = look(file);
        boolean calm = now.equals(last);
        last = now;
        boolean due = retry > 0 && --retry == 0;
        if (calm && (due || !now.equals(taken))) {
            taken = now;
            retry = takeIn() ? 0 : RETRY_LOOKS;
        } else if (due) {
            retry = 1;
        }
        again();
    }

    private boolean takeIn() {
        try {
            return onChange.getAsBoolean();
        } catch (RuntimeException | Error e) {
            log.warn("a change of {} could not be taken in", file, e);
            return false;
        }
    }

    /** Looks at a file; at none there is nothing to see. */
    static Look look(@Nullable Path file) {
        if (file == null) {
            return Look.NONE;
        }
        try {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(seen.lastModifiedTime(), seen.size(), seen.fileKey());
        } catch (IOException gone) {
            return Look.NONE;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
