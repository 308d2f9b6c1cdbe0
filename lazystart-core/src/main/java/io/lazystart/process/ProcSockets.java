// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Linux: who listens on TCP ports, by {@code /proc}. A socket is named by what a descriptor of it links to, such as
 * {@code socket:[4711]}. What cannot be read is not there.
 */
final class ProcSockets {
    private static final Path ROOT = Path.of("/proc");

    /** A few lines: what is read beyond the one that is sought is wasted. */
    private static final int CHUNK = 512;

    // Positions in a line of /proc/net/tcp.
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENS = "0A";

    // Addresses as the kernel prints them, each word of four bytes as a number of this machine.
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final String LOOPBACK = LITTLE ? "0100007F" : "7F000001";
    private static final String MAPPED = "0".repeat(16) + (LITTLE ? "FFFF0000" : "0000FFFF") + LOOPBACK;

    /** Local addresses that take a connection to 127.0.0.1; of several listeners the kernel prefers the first. */
    private static final List<Set<String>> BY_RANK =
            List.of(Set.of(LOOPBACK, MAPPED), Set.of("0".repeat(8)), Set.of("0".repeat(32)));

    /**
     * Finds sockets that may take connections to 127.0.0.1 at a port, and stops there. After the last listener the kernel
     * looks through its whole table of connections, which takes it longer than all the rest: half a millisecond. Most
     * programs listen on sockets of IPv6, which take connections of both kinds.
     */
    Set<String> someListenersAt(int port) {
        for (String table : List.of("net/tcp6", "net/tcp")) {
            Set<String> found = new HashSet<>();
            forEachListener(table, (local, socket) -> {
                boolean there = rank(local, port) < BY_RANK.size();
                if (there) {
                    found.add(socket);
                }
                return there || found.isEmpty(); // those that share a port stand together
            });
            if (!found.isEmpty()) {
                return found;
            }
        }
        return Set.of();
    }

    /** Finds the sockets that take connections to 127.0.0.1 at a port: none, one, or several that share it. */
    Set<String> listenersAt(int port) {
        List<Set<String>> byRank = BY_RANK.stream()
                .map(addresses -> (Set<String>) new HashSet<String>())
                .toList();
        for (String table : List.of("net/tcp6", "net/tcp")) {
            forEachListener(table, (local, socket) -> {
                int rank = rank(local, port);
                if (rank < byRank.size()) {
                    byRank.get(rank).add(socket);
                }
                return true;
            });
        }
        return byRank.stream().filter(sockets -> !sockets.isEmpty()).findFirst().orElseGet(HashSet::new);
    }

    /** Does once what a check does, for nothing: the first wake shall not wait for classes to be loaded. */
    void rehearse() {
        long self = ProcessHandle.current().pid();
        removeHeldBy(self, new HashSet<>(someListenersAt(0)));
        removeHeldBy(self, new HashSet<>(Set.of("socket:[0]")));
        children(self);
    }

    /** Takes those sockets out of a set that a process has open. A server's are among its last: it has begun with files. */
    void removeHeldBy(long pid, Set<String> sockets) {
        File folder = ROOT.resolve(pid + "/fd").toFile();
        String[] names = folder.list();
        for (int i = names == null ? -1 : names.length - 1; i >= 0 && !sockets.isEmpty(); i--) {
            try {
                sockets.remove(Files.readSymbolicLink(folder.toPath().resolve(names[i]))
                        .toString());
            } catch (IOException closed) {
                // meanwhile, or hidden from this user
            }
        }
    }

    /** Lists the processes that a process began and that still belong to it. */
    List<Long> children(long pid) {
        String[] threads = ROOT.resolve(pid + "/task").toFile().list();
        return threads == null
                ? List.of()
                : Stream.of(threads)
                        .flatMap(thread -> Stream.of(
                                read(pid + "/task/" + thread + "/children").split(" ", -1)))
                        .filter(child -> !child.isEmpty())
                        .map(Long::valueOf)
                        .toList();
    }

    /** Name of a process's program, for people. */
    String name(long pid) {
        return read(pid + "/comm");
    }

    /** Goes through the listeners of a table until there is none left, or the visitor has enough. */
    private static void forEachListener(String table, Visitor visitor) {
        try (FileInputStream in = open(table)) {
            byte[] chunk = new byte[CHUNK];
            String rest = "";
            boolean header = true;
            for (int size = in.read(chunk); size > 0; size = in.read(chunk)) {
                String text = rest + new String(chunk, 0, size, StandardCharsets.ISO_8859_1);
                int from = 0;
                for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
                    if (!header && !visit(text.substring(from, end), visitor)) {
                        return;
                    }
                    header = false;
                    from = end + 1;
                }
                rest = text.substring(from);
            }
        } catch (IOException unreadable) {
            // nobody is known to listen
        }
    }

    private static boolean visit(String line, Visitor visitor) {
        String[] fields = line.trim().split(" +", INODE + 2);
        // Listeners stand first, and there may be very many connections.
        return fields.length > INODE
                && fields[STATE].equals(LISTENS)
                && visitor.visit(fields[LOCAL], "socket:[" + fields[INODE] + "]");
    }

    /** Position of a local address among those that are asked for; beyond them if it is none. */
    private static int rank(String local, int port) {
        int colon = local.indexOf(':');
        if (Integer.parseInt(local.substring(colon + 1), 16) != port) {
            return BY_RANK.size();
        }
        int rank = 0;
        while (rank < BY_RANK.size() && !BY_RANK.get(rank).contains(local.substring(0, colon))) {
            rank++;
        }
        return rank;
    }

    private static String read(String file) {
        try (FileInputStream in = open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).trim();
        } catch (IOException gone) {
            return "";
        }
    }

    /** By a stream, not a channel, which an interrupt would close. */
    private static FileInputStream open(String file) throws IOException {
        return new FileInputStream(ROOT.resolve(file).toFile());
    }

    /** Looks at a listener. */
    @FunctionalInterface
    private interface Visitor {
        /** Whether to go on. */
        boolean visit(String local, String socket);
    }
}
