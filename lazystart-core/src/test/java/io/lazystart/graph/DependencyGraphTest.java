// SPDX-License-Identifier: Apache-2.0
package io.lazystart.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lazystart.graph.DependencyGraph.CycleException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The order of services, and what cannot be ordered. */
class DependencyGraphTest {
    private final Map<String, List<String>> edges = new LinkedHashMap<>();

    private DependencyGraphTest edge(String node, String... needed) {
        edges.put(node, List.of(needed));
        return this;
    }

    @Test
    void diamond_isOrderedWithWhatIsNeededFirst() throws Exception {
        edge("a", "b", "c").edge("b", "d").edge("c", "d").edge("d");

        DependencyGraph graph = DependencyGraph.of(edges);

        assertThat(graph.order()).containsExactly("d", "b", "c", "a");
        assertThat(graph.dependencies("a")).containsExactly("b", "c");
        assertThat(graph.dependents("d")).containsExactly("b", "c");
        assertThat(graph.dependents("a")).isEmpty();
    }

    @Test
    void cycle_isToldAsAPathThatEndsWhereItBegan() {
        edge("entry", "a").edge("a", "x", "b").edge("x").edge("b", "c").edge("c", "a");

        CycleException cycle = catchThrowableOfType(CycleException.class, () -> DependencyGraph.of(edges));

        assertThat(cycle.path()).containsExactly("a", "b", "c", "a");
        assertThat(cycle).hasMessage("a -> b -> c -> a");
    }

    @Test
    void itself_isACycle() {
        edge("a", "a");

        assertThat(catchThrowableOfType(CycleException.class, () -> DependencyGraph.of(edges)))
                .hasMessage("a -> a");
    }

    @Test
    void hundredThousandInAChain_areOrdered() throws Exception {
        int length = 100_000;
        for (int i = 0; i < length; i++) {
            edge("s" + i, "s" + (i + 1));
        }
        edge("s" + length);

        DependencyGraph graph = DependencyGraph.of(edges);

        assertThat(graph.order()).hasSize(length + 1).startsWith("s" + length).endsWith("s0");
    }
}
