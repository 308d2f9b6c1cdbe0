// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.config.DependencyConfig.Condition;
import java.util.ArrayList;
import java.util.List;

/** Reads what a service depends on: a list of names, or a map of names with a condition each. */
final class DependencyReader {
    private static final String EXPECTED = "a list of services, or a map of services with ready, started or completed";

    private final Refusals refusals;

    DependencyReader(Refusals refusals) {
        this.refusals = refusals;
    }

    DependencyConfig[] read(Node node) {
        List<DependencyConfig> dependencies = new ArrayList<>();
        if (node instanceof Node.Sequence sequence) {
            for (Node element : sequence.elements()) {
                dependencies.add(DependencyConfig.ready(Values.text(element, "the name of a service")));
            }
        } else {
            Values.map(node, EXPECTED).forEach((name, edge) -> dependencies.add(edge(name, edge)));
        }
        return dependencies.toArray(DependencyConfig[]::new);
    }

    private DependencyConfig edge(String name, Node node) {
        if (!(node instanceof Node.Mapping)) {
            return new DependencyConfig(name, Values.constant(node, Condition.class), false, false);
        }
        Fields fields = new Fields(refusals, node, List.of("condition", "optional", "restart-with"));
        return new DependencyConfig(
                name,
                fields.get("condition", value -> Values.constant(value, Condition.class), Condition.READY),
                fields.get("optional", Values::bool, false),
                fields.get("restart-with", Values::bool, false));
    }
}
