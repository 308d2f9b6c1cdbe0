// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether who listens at a run's port belongs to the run. Another program may have taken the port after it was found free,
 * and would be served in the run's name. Asked by one thread at a time.
 */
final class ListenerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerCheck.class);

    private final ProcessTable table;
    private final @Nullable ProcSockets sockets;
    private final ProcessTree tree;
    private final ProcessId leader;
    private final Life life;

    /** The stranger found last: looking for one reads the descriptors of the whole machine. */
    private volatile @Nullable Stranger last;

    /** Tells whether the run's first process is alive. Cheap where this host is its parent. */
    @FunctionalInterface
    interface Life {
        boolean alive() throws IOException;
    }

    /**
     * Describes a check.
     *
     * @param tree the run's processes
     * @param leader the first of them
     */
    ListenerCheck(ProcessTable table, ProcessTree tree, ProcessId leader, Life life) {
        this.table = table;
        this.sockets = table.sockets();
        this.tree = tree;
        this.leader = leader;
        this.life = life;
    }

    /** Tells who else listens at a port of this machine; null if the run does, or nobody can tell. */
    @Nullable
    String strangerAt(int port) {
        if (sockets == null) {
            return null;
        }
        try {
            Set<String> some = sockets.someListenersAt(port);
            if (some.isEmpty() || heldByLeader(sockets, some)) {
                return null;
            }
            Set<String> all = sockets.listenersAt(port);
            return heldByLeader(sockets, all) ? null : stranger(sockets, all, port);
        } catch (IOException unknown) {
            LOG.debug("port {}: who listens there cannot be found out", port, unknown);
            return null;
        }
    }

    /** The usual case, by few files: the leader listens, or what it began. */
    private boolean heldByLeader(ProcSockets sockets, Set<String> left) throws IOException {
        Deque<Long> open = new ArrayDeque<>();
        if (!left.isEmpty() && life.alive()) {
            open.add(leader.pid());
        }
        while (!left.isEmpty() && !open.isEmpty()) {
            long pid = open.remove();
            sockets.removeHeldBy(pid, left);
            if (!left.isEmpty()) {
                open.addAll(sockets.children(pid));
            }
        }
        return left.isEmpty();
    }

    private @Nullable String stranger(ProcSockets sockets, Set<String> left, int port) throws IOException {
        Stranger known = last;
        if (known != null && known.sockets.equals(left)) {
            return known.message;
        }
        Set<String> asked = Set.copyOf(left);
        List<ProcessEntry> members = tree.members();
        members.forEach(member -> sockets.removeHeldBy(member.pid(), left));
        Set<Long> ours = new HashSet<>(members.stream().map(ProcessEntry::pid).toList());
        for (ProcessEntry entry : table.all()) {
            int before = left.size();
            if (before > 0 && !ours.contains(entry.pid())) {
                sockets.removeHeldBy(entry.pid(), left);
                if (left.size() < before) {
                    String message = "port " + port + " is served by process " + entry.pid() + " ("
                            + sockets.name(entry.pid()) + "), which is none of this service's";
                    last = new Stranger(asked, message);
                    return message;
                }
            }
        }
        return null; // another user's, whose descriptors are hidden
    }

    /** Sockets that the run does not have, and who has them. */
    private record Stranger(Set<String> sockets, String message) {}
}
