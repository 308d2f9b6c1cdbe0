// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import java.util.ArrayList;
import java.util.List;

/** Takes steps away from a failing world for as long as it breaks the same rule. */
final class Shrinker {
    private static final int MOST_RUNS = 3000;

    private int runs;

    Simulation.Outcome shrink(Simulation.Outcome failing) {
        Simulation.Outcome best = failing;
        for (int chunk = Math.max(1, best.steps().size() / 2); chunk > 0 && runs < MOST_RUNS; chunk /= 2) {
            best = without(best, chunk);
        }
        return best;
    }

    private Simulation.Outcome without(Simulation.Outcome failing, int chunk) {
        Simulation.Outcome best = failing;
        for (int from = 0; from < best.steps().size() && runs < MOST_RUNS; ) {
            List<Step> fewer = new ArrayList<>(best.steps().subList(0, from));
            int to = Math.min(best.steps().size(), from + chunk);
            fewer.addAll(best.steps().subList(to, best.steps().size()));
            runs++;
            Simulation.Outcome tried = Simulation.replay(best.seed(), fewer, new Coverage(), null);
            if (tried.violation() != null
                    && tried.violation().rule().equals(best.violation().rule())) {
                best = tried;
            } else {
                from += chunk;
            }
        }
        return best;
    }
}
