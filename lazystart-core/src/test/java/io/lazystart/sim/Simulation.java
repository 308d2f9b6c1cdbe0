// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a world from its seed, or from a list of steps. */
final class Simulation {
    static final int STEPS = 1000;

    private Simulation() {}

    /**
     * What became of a world.
     *
     * @param seed it was made of
     * @param steps that were taken, the last of which broke a rule if one is broken
     * @param violation null if all rules held
     */
    record Outcome(long seed, List<Step> steps, Violation violation) {}

    /** Runs the world of a seed, with steps of its own. */
    static Outcome run(long seed, Coverage coverage) {
        Dice dice = new Dice(~seed);
        List<Step> steps = new ArrayList<>(STEPS);
        for (int i = 0; i < STEPS; i++) {
            steps.add(Step.random(dice, 12));
        }
        return replay(seed, steps, coverage, null);
    }

    /** Runs the world of a seed with the given steps. */
    static Outcome replay(long seed, List<Step> steps, Coverage coverage, List<String> trace) {
        int taken = 0;
        try {
            World world = new World(seed, coverage, trace);
            SignalCount.during(world);
            Happenings happenings = new Happenings(world);
            for (; taken < steps.size(); taken++) {
                happenings.happen(steps.get(taken));
            }
            new Ending(world, happenings).end(seed % 2 == 1);
            coverage.steps(steps.size());
            return new Outcome(seed, steps, null);
        } catch (Violation violation) {
            return new Outcome(seed, steps.subList(0, Math.min(taken + 1, steps.size())), violation);
        } catch (RuntimeException | Error broken) {
            if (trace != null) {
                trace.add(Arrays.toString(broken.getStackTrace()));
            }
            return new Outcome(
                    seed,
                    steps.subList(0, Math.min(taken + 1, steps.size())),
                    new Violation("exception", String.valueOf(broken)));
        } finally {
            SignalCount.during(null);
            Thread.interrupted();
        }
    }
}
