// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * Parts a graph into its strongly connected sets, by Tarjan's algorithm with a stack of its own: paths are too long for that
 * of the thread.
 */
final class StrongSets {
    private final int[] edges;
    private final int[] first;
    private final int[] next;
    private final int[] low;
    private final int[] set;
    private final int[] stack;
    private final int[] path;
    private int stacked;
    private int depth;
    private int count;
    private int sets;
    private final BitSet inside;

    /**
     * Describes a graph.
     *
     * @param inside its nodes
     * @param edges from, to and something else, an int each
     * @param size how many ints of them count
     * @param allowed whether an edge, given by its position, belongs to the graph
     */
    StrongSets(BitSet inside, int[] edges, int size, IntPredicate allowed) {
        int nodes = inside.length();
        this.inside = inside;
        this.edges = edges;
        first = filled(nodes, -1);
        next = new int[size / 3];
        low = filled(nodes, -1);
        set = filled(nodes, -1);
        stack = new int[nodes];
        path = new int[nodes];
        for (int e = 0; e < next.length; e++) {
            if (inside.get(edges[3 * e]) && inside.get(edges[3 * e + 1]) && allowed.test(3 * e)) {
                next[e] = first[edges[3 * e]];
                first[edges[3 * e]] = e;
            }
        }
    }

    private static int[] filled(int length, int value) {
        int[] filled = new int[length];
        Arrays.fill(filled, value);
        return filled;
    }

    /** Numbers the set of each node; only those of the graph have one. */
    int[] find() {
        int[] number = filled(low.length, -1);
        for (int root = inside.nextSetBit(0); root >= 0; root = inside.nextSetBit(root + 1)) {
            if (number[root] < 0) {
                from(root, number);
            }
        }
        return set;
    }

    private void from(int root, int[] number) {
        enter(root, number);
        while (depth > 0) {
            int node = path[depth - 1];
            int edge = first[node];
            if (edge >= 0) {
                first[node] = next[edge];
                int to = edges[3 * edge + 1];
                if (number[to] < 0) {
                    enter(to, number);
                } else if (set[to] < 0) {
                    low[node] = Math.min(low[node], number[to]);
                }
            } else {
                leave(node, number);
            }
        }
    }

    private void enter(int node, int[] number) {
        number[node] = count;
        low[node] = count++;
        stack[stacked++] = node;
        path[depth++] = node;
    }

    private void leave(int node, int[] number) {
        depth--;
        if (depth > 0) {
            low[path[depth - 1]] = Math.min(low[path[depth - 1]], low[node]);
        }
        if (low[node] == number[node]) {
            int member;
            do {
                member = stack[--stacked];
                set[member] = sets;
            } while (member != node);
            sets++;
        }
    }
}
