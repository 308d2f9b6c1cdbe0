// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linux: {@code /proc}. Files are read by streams, not channels: an interrupt must end a wait, not make a living process
 * unreadable.
 */
final class ProcFs implements ProcessTable {
    private static final Path ROOT = Path.of("/proc");

    // Positions of fields 3, 4, 6, 20 and 22 of /proc/<pid>/stat behind the name, which may hold blanks and brackets.
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int THREADS = 17;
    private static final int START = 19;

    private final @Nullable String bootId = readBootId();
    private final ProcSockets sockets = new ProcSockets();

    static boolean present() {
        return Files.isReadable(ROOT.resolve("self/stat")) && Files.isReadable(bootIdFile());
    }

    @Override
    public @Nullable ProcessEntry find(long pid) throws IOException {
        byte[] stat = read(pid, "stat");
        return stat == null ? null : parse(pid, new String(stat, StandardCharsets.ISO_8859_1));
    }

    @Override
    public List<ProcessEntry> all() throws IOException {
        String[] names = ROOT.toFile().list();
        if (names == null) {
            throw new IOException(ROOT + ": cannot be listed");
        }
        List<ProcessEntry> entries = new ArrayList<>();
        for (String name : names) {
            if (Character.isDigit(name.charAt(0))) {
                ProcessEntry entry = find(Long.parseLong(name));
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    @Override
    public boolean began(long pid, String assignment) {
        try {
            byte[] environment = read(pid, "environ");
            return environment != null
                    && ('\0' + new String(environment, StandardCharsets.ISO_8859_1)).contains('\0' + assignment + '\0');
        } catch (IOException unreadable) {
            return false; // another user's process, which is none of ours
        }
    }

    @Override
    public @Nullable String bootId() {
        return bootId;
    }

    @Override
    public boolean tellsState() {
        return true;
    }

    @Override
    public ProcSockets sockets() {
        return sockets;
    }

    /** Reads a stat line; null for a zombie. */
    static @Nullable ProcessEntry parse(long pid, String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
        char state = fields[STATE].charAt(0);
        // A first thread that has ended shows as a zombie for as long as the others run.
        boolean over = state == 'Z' || state == 'X';
        if (over && Integer.parseInt(fields[THREADS]) <= 1) {
            return null;
        }
        ProcessId id = new ProcessId(pid, Long.parseLong(fields[START]));
        return new ProcessEntry(id, Long.parseLong(fields[PARENT]), Long.parseLong(fields[SESSION]), state);
    }

    /** Reads a file of a process; null if the process is gone. */
    private static byte @Nullable [] read(long pid, String name) throws IOException {
        Path folder = ROOT.resolve(Long.toString(pid));
        try (FileInputStream in = new FileInputStream(new File(folder.toFile(), name))) {
            byte[] bytes = in.readAllBytes();
            return bytes.length == 0 && !Files.exists(folder) ? null : bytes;
        } catch (IOException failure) {
            if (!Files.exists(folder)) {
                return null;
            }
            throw failure; // such as too many open files: that says nothing about the process
        }
    }

    private static Path bootIdFile() {
        return ROOT.resolve("sys/kernel/random/boot_id");
    }

    private static @Nullable String readBootId() {
        try (FileInputStream in = new FileInputStream(bootIdFile().toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).trim();
        } catch (IOException unreadable) {
            return null;
        }
    }
}
