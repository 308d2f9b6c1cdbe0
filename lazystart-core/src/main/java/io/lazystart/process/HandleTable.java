// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** macOS, Windows and the rest: what {@link ProcessHandle} knows. Sessions, states and environments are not part of it. */
final class HandleTable implements ProcessTable {

    @Override
    public @Nullable ProcessEntry find(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(HandleTable::entry)
                .orElse(null);
    }

    @Override
    public List<ProcessEntry> all() {
        return ProcessHandle.allProcesses().map(HandleTable::entry).toList();
    }

    @Override
    public boolean began(long pid, String assignment) {
        return false;
    }

    @Override
    public @Nullable String bootId() {
        return null;
    }

    @Override
    public boolean tellsState() {
        return false;
    }

    private static ProcessEntry entry(ProcessHandle handle) {
        long start = handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        long parent = handle.parent().map(ProcessHandle::pid).orElse(0L);
        return new ProcessEntry(new ProcessId(handle.pid(), start), parent, 0, '?');
    }
}
