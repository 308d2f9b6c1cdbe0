// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.state.Move.Trait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Visits breadth first every node that can be reached, so that the first violation found has a shortest path. */
final class Walk {
    private static final Set<Trait> INTERNAL = EnumSet.of(Trait.TIME, Trait.HONEST, Trait.ANSWER);

    private final WalkShell shell;
    private final boolean reloads;
    private final List<Move> moves;
    private final Map<Node.Key, Integer> numbers = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Move> cameBy = new ArrayList<>();
    private final List<Integer> cameFrom = new ArrayList<>();
    private final Map<Status, BitSet> delivered = new EnumMap<>(Status.class);
    private final Map<Status, Set<Class<?>>> signals = new EnumMap<>(Status.class);
    private final WalkEdges edges;
    private long transitions;

    /**
     * Prepares a walk.
     *
     * @param policy what the machine is told
     * @param most leases, and waiters, at most
     * @param pins whether statuses are pinned
     * @param reloads whether the configuration changes
     */
    Walk(Policy policy, int most, boolean pins, boolean reloads) {
        shell = new WalkShell(policy);
        this.reloads = reloads;
        moves = WalkMoves.all(most, pins, policy.idleNanos() == 0, reloads);
        edges = new WalkEdges(moves);
    }

    boolean reloads() {
        return reloads;
    }

    /** Walks to the end. */
    Walk run() {
        Move boot = Move.of(Trait.ANSWER, "boot", n -> true, n -> new Signal.Boot(Node.NOW));
        visit(shell.step(Node.initial(), boot), boot, -1);
        for (int i = 0; i < nodes.size(); i++) {
            for (int m = 0; m < moves.size(); m++) {
                if (moves.get(m).possible().test(nodes.get(i))) {
                    follow(i, m);
                }
            }
        }
        return this;
    }

    private void follow(int from, int m) {
        Move move = moves.get(m);
        Node node = nodes.get(from);
        Node to;
        try {
            to = shell.step(node, move);
        } catch (RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\nby " + move.name() + path(from), e);
        }
        transitions++;
        note(node, m);
        int number = visit(to, move, from);
        if (number != from && !Collections.disjoint(INTERNAL, move.traits())) {
            edges.add(from, number, m);
        }
    }

    private void note(Node node, int m) {
        BitSet seen = delivered.computeIfAbsent(node.status(), status -> new BitSet());
        if (!seen.get(m)) {
            seen.set(m);
            Signal signal = moves.get(m).signal().apply(node);
            if (signal != null) {
                signals.computeIfAbsent(node.status(), status -> new HashSet<>())
                        .add(signal.getClass());
            }
        }
    }

    private int visit(Node node, Move by, int from) {
        Node.Key key = shell.key(node);
        Integer known = numbers.putIfAbsent(key, nodes.size());
        if (known != null) {
            return known;
        }
        Node formed = shell.formed(node);
        if (!shell.key(formed).equals(key)) {
            throw new IllegalStateException("another node than before it was formed: " + formed + path(from));
        }
        nodes.add(formed);
        cameBy.add(by);
        cameFrom.add(from);
        return nodes.size() - 1;
    }

    /**
     * Checks that from every node of some kind a goal can be reached by what happens by itself.
     *
     * @param rule what is broken if not
     * @param from the nodes it must hold for
     * @param goal where they must be able to come
     * @param by what may happen on the way
     */
    void leadsTo(String rule, Predicate<Node> from, Predicate<Node> goal, Set<Trait> by) {
        BitSet reached = edges.backwards(nodes.size(), i -> goal.test(nodes.get(i)), by);
        for (int i = reached.nextClearBit(0); i < nodes.size(); i = reached.nextClearBit(i + 1)) {
            if (from.test(nodes.get(i))) {
                throw new AssertionError(rule + path(i));
            }
        }
    }

    /**
     * Checks that what happens by itself cannot go on for ever, or stop, without leaving the nodes of some kind: that every
     * fair path leaves them. A path is fair if a move that can always happen from some point on happens.
     *
     * @param rule what is broken if not
     * @param inside the nodes to be left
     * @param by what may happen on the way, in any order and as often as it likes
     * @param fair what happens in the end where it can: only this is relied on
     */
    void fairPathsLeave(String rule, Predicate<Node> inside, Set<Trait> by, Set<Trait> fair) {
        BitSet nodesInside = new BitSet(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            nodesInside.set(i, inside.test(nodes.get(i)));
        }
        BitSet trap = edges.trap(nodesInside, by, fair);
        if (!trap.isEmpty()) {
            StringBuilder ring = new StringBuilder();
            trap.stream().limit(20).forEach(i -> ring.append("\n  one of ").append(nodes.get(i)));
            throw new AssertionError(rule + path(trap.nextSetBit(0)) + ring);
        }
    }

    /** Shortest way to a node, a line a step. */
    private String path(int node) {
        Deque<String> lines = new ArrayDeque<>();
        for (int i = node; i >= 0; i = cameFrom.get(i)) {
            lines.push(cameBy.get(i).name() + "\n      -> " + nodes.get(i));
        }
        return "\n  after " + String.join("\n  ", lines);
    }

    int states() {
        return nodes.size();
    }

    long transitions() {
        return transitions;
    }

    /** Kinds of signal that met each status. */
    Map<Status, Set<Class<?>>> delivered() {
        return signals;
    }
}
