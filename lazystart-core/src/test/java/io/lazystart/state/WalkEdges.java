// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.state.Move.Trait;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** Transitions of a walk that happen by themselves, kept small: from, to and move, an int each. */
final class WalkEdges {
    private final int[] traits;
    private int[] ends = new int[1 << 16];
    private int size;

    WalkEdges(List<Move> moves) {
        traits = moves.stream().mapToInt(move -> bits(move.traits())).toArray();
    }

    void add(int from, int to, int move) {
        if (size + 3 > ends.length) {
            ends = Arrays.copyOf(ends, ends.length * 2);
        }
        ends[size++] = from;
        ends[size++] = to;
        ends[size++] = move;
    }

    @SuppressWarnings("EnumOrdinal") // never stored: lives as long as a walk
    private static int bits(Set<Trait> traits) {
        return traits.stream().mapToInt(trait -> 1 << trait.ordinal()).sum();
    }

    private boolean by(int edge, int allowed) {
        return (traits[ends[edge + 2]] & allowed) != 0;
    }

    /** Nodes from which a goal can be reached. */
    BitSet backwards(int count, IntPredicate goal, Set<Trait> by) {
        int allowed = bits(by);
        int[] first = new int[count];
        int[] next = new int[size / 3];
        Arrays.fill(first, -1);
        for (int e = 0; e < next.length; e++) {
            if (by(3 * e, allowed)) {
                next[e] = first[ends[3 * e + 1]];
                first[ends[3 * e + 1]] = e;
            }
        }
        BitSet reached = new BitSet(count);
        Deque<Integer> queue = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            if (goal.test(i)) {
                reached.set(i);
                queue.add(i);
            }
        }
        while (!queue.isEmpty()) {
            for (int e = first[queue.remove()]; e >= 0; e = next[e]) {
                int from = ends[3 * e];
                if (!reached.get(from)) {
                    reached.set(from);
                    queue.add(from);
                }
            }
        }
        return reached;
    }

    /**
     * Finds nodes that a fair path need never leave: a strongly connected set, one node or more, in which no fair move leads
     * out of the set from every node. Where there is such a move it can always happen as long as the path stays, so it
     * happens, and the path leaves; and the sets themselves lie in no circle. Where there is none, the path that goes round
     * the whole set for ever is fair.
     *
     * @return empty if every fair path leaves {@code inside}
     */
    BitSet trap(BitSet inside, Set<Trait> by, Set<Trait> fair) {
        int allowed = bits(by);
        int[] set = new StrongSets(inside, ends, size, edge -> by(edge, allowed)).find();
        Map<Integer, Integer> sizes = new HashMap<>();
        inside.stream().forEach(node -> sizes.merge(set[node], 1, Integer::sum));
        Map<Long, Integer> leaving = new HashMap<>();
        BitSet left = new BitSet();
        int reliedOn = bits(fair);
        for (int e = 0; e < size; e += 3) {
            int from = ends[e];
            int to = ends[e + 1];
            if (inside.get(from) && by(e, reliedOn) && !(inside.get(to) && set[to] == set[from])) {
                long ofMove = (long) set[from] << 32 | ends[e + 2];
                if (leaving.merge(ofMove, 1, Integer::sum).equals(sizes.get(set[from]))) {
                    left.set(set[from]);
                }
            }
        }
        BitSet trap = new BitSet();
        int kept = inside.stream()
                .filter(node -> !left.get(set[node]))
                .map(node -> set[node])
                .findFirst()
                .orElse(-1);
        inside.stream().filter(node -> set[node] == kept).forEach(trap::set);
        return trap;
    }
}
