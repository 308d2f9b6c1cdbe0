// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operating system tells about its processes. Zombies are not there: they hold nothing. Thread-safe. */
interface ProcessTable {

    /** Picks {@link ProcFs} where there is one. */
    static ProcessTable ofSystem() {
        return ProcFs.present() ? new ProcFs() : new HandleTable();
    }

    /**
     * Looks one process up.
     *
     * @return null if there is none of that number
     * @throws IOException if that cannot be found out
     */
    @Nullable
    ProcessEntry find(long pid) throws IOException;

    /**
     * Lists every process that can be seen.
     *
     * @throws IOException if the list cannot be read
     */
    List<ProcessEntry> all() throws IOException;

    /** Whether the process began with {@code NAME=value} in its environment; false where that cannot be known. */
    boolean began(long pid, String assignment);

    /** Names this boot of the machine; null where start times are absolute and need no such name. */
    @Nullable
    String bootId();

    /** Whether {@link ProcessEntry#state()} is known. */
    boolean tellsState();

    /** Knows who listens on ports; null where that cannot be found out. */
    default @Nullable ProcSockets sockets() {
        return null;
    }

    /**
     * Tells whether a process still lives; one whose pid is 0, which stands for unknown, does not.
     *
     * @throws IOException if that cannot be found out
     */
    default boolean alive(ProcessId id) throws IOException {
        ProcessEntry entry = id.pid() == 0 ? null : find(id.pid());
        return entry != null && entry.id().equals(id);
    }
}
