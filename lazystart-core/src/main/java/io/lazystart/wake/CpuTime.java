// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/**
 * Reads how much processor time processes have used, of Linux' {@code /proc}: a process' own, and that of children that
 * have ended, so that the sum over a tree does not fall when one of its members ends.
 */
public final class CpuTime {
    /** Clock ticks of {@code /proc} a second: the same on every architecture that Java runs on. */
    private static final long NANOS_PER_TICK = 10_000_000L;

    /** Fields 14 to 17 of {@code stat}, counted from behind the name. */
    private static final int FIRST = 11;

    private static final int LAST = 14;

    private final File proc;

    /**
     * Reads below a directory.
     *
     * @param proc {@code /proc}, or what looks like it; where there is none, nothing has used any time
     */
    public CpuTime(Path proc) {
        this.proc = proc.toFile();
    }

    /** Nanoseconds of all together; a process that is gone counts for nothing. */
    long nanos(Set<Long> pids) {
        long ticks = 0;
        for (long pid : pids) {
            ticks += ticks(pid);
        }
        return ticks * NANOS_PER_TICK;
    }

    private long ticks(long pid) {
        String stat;
        // By a stream, not a channel: an interrupt must not make a living process unreadable.
        try (FileInputStream in = new FileInputStream(new File(proc, pid + "/stat"))) {
            stat = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
        long sum = 0;
        for (int i = FIRST; i <= LAST && i < fields.length; i++) {
            sum += Long.parseLong(fields[i]);
        }
        return sum;
    }
}
