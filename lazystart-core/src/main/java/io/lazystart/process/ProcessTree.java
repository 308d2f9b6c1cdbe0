// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.ProviderException;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * All processes of one run. Members are the leader; who is in its session; who began with the run's cookie in the
 * environment, which a daemon that forked twice and opened a session of its own still carries; who was a member when
 * last looked at; and all their descendants.
 */
final class ProcessTree {
    /** How long the kernel may take to do what no process can refuse. */
    private static final long FORCED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long SHORTEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ProcessTable table;
    private final Signals signals;
    private final Ticker ticker;
    private final ProcessId leader;
    private final String cookie;
    private final boolean child;
    private final long self = ProcessHandle.current().pid();

    /** Found by descent, which is lost when a parent ends. Concurrent: a status or a sweep may look beside a verb. */
    private final Set<ProcessId> seen = ConcurrentHashMap.newKeySet();

    /**
     * Describes a tree.
     *
     * @param leader the process that was started; pid 0 where unknown
     * @param cookie {@code NAME=value} in the environment of the run
     * @param child whether this host started the leader
     */
    ProcessTree(ProcessTable table, Signals signals, Ticker ticker, ProcessId leader, String cookie, boolean child) {
        this.table = table;
        this.signals = signals;
        this.ticker = ticker;
        this.leader = leader;
        this.cookie = cookie;
        this.child = child;
    }

    /** Lists the members that live, oldest first: a parent stands before its children. */
    List<ProcessEntry> members() throws IOException {
        List<ProcessEntry> all = table.all();
        boolean sessionIsOurs = sessionIsOurs(all);
        Map<Long, List<ProcessEntry>> children = new HashMap<>();
        Map<Long, ProcessEntry> members = new HashMap<>();
        Deque<ProcessEntry> open = new ArrayDeque<>();
        for (ProcessEntry entry : all) {
            children.computeIfAbsent(entry.parent(), pid -> new ArrayList<>()).add(entry);
            if (isRoot(entry, sessionIsOurs)) {
                open.add(entry);
            }
        }
        while (!open.isEmpty()) {
            ProcessEntry entry = open.remove();
            if (entry.pid() != self && entry.pid() > 1 && members.putIfAbsent(entry.pid(), entry) == null) {
                open.addAll(children.getOrDefault(entry.pid(), List.of()));
            }
        }
        members.values().forEach(entry -> seen.add(entry.id()));
        return members.values().stream()
                .sorted(Comparator.comparingLong(
                                (ProcessEntry entry) -> entry.id().start())
                        .thenComparingLong(ProcessEntry::pid))
                .toList();
    }

    /**
     * Sends a signal to all and waits until they are gone; kills who is left after the time-out.
     *
     * @throws ProviderException if somebody cannot be killed
     */
    void stop(String signal, Duration timeout) throws IOException, InterruptedException {
        long began = ticker.nanos();
        long limit = nanos(timeout);
        Set<ProcessId> told = new HashSet<>();
        List<ProcessEntry> alive = members();
        while (!alive.isEmpty()) {
            List<ProcessEntry> untold =
                    alive.stream().filter(entry -> told.add(entry.id())).toList();
            signals.send(signal, untold);
            wakeToDie(untold);
            if (!awaitEnd(alive, began, limit)) {
                kill();
                return;
            }
            alive = members(); // somebody may have been born meanwhile
        }
    }

    /**
     * Kills all, again and again until none is left: a fork may race.
     *
     * @throws ProviderException if somebody still lives after five seconds
     */
    void kill() throws IOException, InterruptedException {
        long began = ticker.nanos();
        List<ProcessEntry> alive = members();
        while (!alive.isEmpty()) {
            signals.send(Signals.KILL, alive);
            long passed = ticker.nanos() - began;
            awaitEnd(alive, began, Math.min(FORCED_NANOS, passed + LONGEST_POLL_NANOS));
            alive = members();
            if (!alive.isEmpty() && ticker.nanos() - began >= FORCED_NANOS) {
                throw stuck("SIGKILL", alive);
            }
        }
    }

    /**
     * Freezes all, parents first so that none sees its child stop.
     *
     * @throws ProviderException if somebody still moves after five seconds; then all go on
     */
    void freeze() throws IOException, InterruptedException {
        List<ProcessEntry> moving = sendUntil(Signals.STOP, false);
        if (!moving.isEmpty()) {
            thaw();
            throw stuck("SIGSTOP", moving);
        }
    }

    /**
     * Lets all go on.
     *
     * @throws ProviderException if somebody is still frozen after five seconds
     */
    void thaw() throws IOException, InterruptedException {
        List<ProcessEntry> frozen = sendUntil(Signals.CONT, true);
        if (!frozen.isEmpty()) {
            throw stuck("SIGCONT", frozen);
        }
    }

    /** Sends a signal to who is (not) frozen, until nobody is left or five seconds have passed; returns who is. */
    private List<ProcessEntry> sendUntil(String signal, boolean toFrozen) throws IOException, InterruptedException {
        long began = ticker.nanos();
        long poll = SHORTEST_POLL_NANOS;
        Set<ProcessId> told = new HashSet<>();
        while (true) {
            List<ProcessEntry> all = members();
            List<ProcessEntry> left = all.stream()
                    .filter(entry -> !table.tellsState() || (entry.state() != 't' && entry.frozen() == toFrozen))
                    .toList();
            signals.send(
                    signal, left.stream().filter(entry -> told.add(entry.id())).toList());
            if (!table.tellsState() || left.isEmpty()) {
                return List.of();
            }
            if (ticker.nanos() - began >= FORCED_NANOS) {
                return left;
            }
            if (!toFrozen) {
                releaseParents(left, all, told);
            }
            ticker.sleep(Duration.ofNanos(poll));
            poll = longer(poll);
        }
    }

    /**
     * A parent that has called vfork stops only when its child has begun its program, which a frozen child never does. Such
     * children go on until the next look, and are then told to stop again.
     */
    private void releaseParents(List<ProcessEntry> moving, List<ProcessEntry> all, Set<ProcessId> told)
            throws IOException, InterruptedException {
        Set<Long> parents = moving.stream()
                .filter(entry -> entry.state() == 'D')
                .map(ProcessEntry::pid)
                .collect(Collectors.toSet());
        List<ProcessEntry> children = all.stream()
                .filter(entry -> entry.state() == 'T' && parents.contains(entry.parent()))
                .toList();
        children.forEach(child -> told.remove(child.id()));
        signals.send(Signals.CONT, children);
    }

    /** A frozen process takes no signal but SIGKILL until it goes on. */
    private void wakeToDie(List<ProcessEntry> told) throws IOException, InterruptedException {
        signals.send(
                Signals.CONT,
                told.stream()
                        .filter(entry -> entry.frozen() || !table.tellsState())
                        .toList());
    }

    /** Waits until all are gone; false if the limit since {@code began} has passed before. */
    private boolean awaitEnd(List<ProcessEntry> entries, long began, long limit)
            throws IOException, InterruptedException {
        Deque<ProcessEntry> alive = new ArrayDeque<>(entries);
        long poll = SHORTEST_POLL_NANOS;
        while (true) {
            while (!alive.isEmpty() && !table.alive(alive.element().id())) {
                alive.remove();
            }
            if (alive.isEmpty()) {
                return true;
            }
            long left = limit - (ticker.nanos() - began);
            if (left <= 0) {
                return false;
            }
            ticker.sleep(Duration.ofNanos(Math.min(poll, left)));
            poll = longer(poll);
        }
    }

    private boolean isRoot(ProcessEntry entry, boolean sessionIsOurs) {
        if (entry.id().equals(leader) || seen.contains(entry.id())) {
            return true;
        }
        // Nobody of ours is older than the leader. That spares reading nearly every environment of the machine.
        return entry.id().start() >= leader.start()
                && ((sessionIsOurs && entry.session() == leader.pid()) || table.began(entry.pid(), cookie));
    }

    /**
     * The number of a session is not given away while it has members, but once it is empty it may be. So it is trusted
     * only while its leader is known: alive, or a child of this host whose end was seen just now.
     */
    private boolean sessionIsOurs(List<ProcessEntry> all) {
        for (ProcessEntry entry : all) {
            if (entry.pid() == leader.pid()) {
                return entry.id().equals(leader);
            }
        }
        return child;
    }

    private static ProviderException stuck(String signal, List<ProcessEntry> left) {
        List<String> names = left.stream()
                .map(entry -> entry.pid() + " (" + entry.state() + ")")
                .toList();
        return new ProviderException("no effect within 5 s: " + signal + " to processes " + names, null, null);
    }

    private static long longer(long poll) {
        return Math.min(LONGEST_POLL_NANOS, poll + poll / 2);
    }

    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration); // saturates
    }
}
