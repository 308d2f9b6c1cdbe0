// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Thousands of small worlds in which everything goes wrong that can, each from a seed, and the rules of the design checked
 * in them from outside. CONTRIBUTING.md tells how to run more of them, and one of them again.
 */
class SimulationTest {
    private static final String DEFAULT_SEEDS = "0-8199";
    private static final String SEEDS = System.getProperty("lazystart.sim.seeds", DEFAULT_SEEDS);
    private static final String REPLAY = System.getProperty("lazystart.sim.replay", "");

    private static final int THREADS =
            Integer.getInteger("lazystart.sim.threads", Runtime.getRuntime().availableProcessors());

    /** So many failing worlds tell enough. */
    private static final int MOST_FAILURES = 50;

    private final Coverage coverage = new Coverage();
    private final ConcurrentLinkedQueue<Simulation.Outcome> failures = new ConcurrentLinkedQueue<>();

    @Test
    void worldsOfAllSeeds_everyRuleHoldsAndEverythingHappensOften() throws InterruptedException {
        long begun = System.nanoTime();

        try (SignalCount counted = new SignalCount()) {
            assertThat(counted.isStarted()).isTrue();
            runAll();
        }

        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        System.out.printf(
                "simulation: seeds %s, %d steps, %d threads, %d ms%n", SEEDS, coverage.steps(), THREADS, millis);
        assertThat(report()).isEmpty();
        if (SEEDS.equals(DEFAULT_SEEDS)) {
            assertThat(Expected.missing(coverage)).isEmpty();
        }
    }

    private void runAll() throws InterruptedException {
        String[] range = SEEDS.split("-", -1);
        AtomicLong next = new AtomicLong(Long.parseLong(range[0]));
        long last = Long.parseLong(range[range.length - 1]);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> runSome(next, last), "simulation-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void runSome(AtomicLong next, long last) {
        Coverage own = new Coverage();
        for (long seed = next.getAndIncrement();
                seed <= last && failures.size() < MOST_FAILURES;
                seed = next.getAndIncrement()) {
            Simulation.Outcome outcome = Simulation.run(seed, own);
            if (outcome.violation() != null) {
                failures.add(outcome);
            }
        }
        coverage.add(own);
    }

    /** The failing seeds, and the first of them told as shortly as it can be. */
    private String report() {
        List<Simulation.Outcome> seeds = failures.stream()
                .sorted(Comparator.comparingLong(Simulation.Outcome::seed))
                .toList();
        Optional<Simulation.Outcome> first = seeds.stream().findFirst();
        if (first.isEmpty()) {
            return "";
        }
        String all = seeds.stream()
                .map(failed ->
                        "seed " + failed.seed() + ": " + failed.violation().getMessage())
                .collect(Collectors.joining("\n"));
        return seeds.size() + " of the worlds broke a rule\n" + all + "\n\n" + story(first.get());
    }

    private static String story(Simulation.Outcome failed) {
        Simulation.Outcome small = new Shrinker().shrink(failed);
        List<String> trace = new ArrayList<>();
        Simulation.replay(small.seed(), small.steps(), new Coverage(), trace);
        String steps = small.steps().stream().map(Step::toString).collect(Collectors.joining(","));
        return String.join("\n", trace) + "\nreplay: -Dlazystart.sim.replay=" + small.seed() + "@" + steps + "\n";
    }

    @Test
    void worldGivenByItsSteps_everyRuleHolds() {
        if (!REPLAY.isEmpty()) {
            String[] parts = REPLAY.split("@", -1);
            List<Step> steps =
                    Arrays.stream(parts[1].split(",", -1)).map(Step::parse).toList();
            List<String> trace = new ArrayList<>();

            Simulation.Outcome outcome = Simulation.replay(Long.parseLong(parts[0]), steps, new Coverage(), trace);

            System.out.println(String.join("\n", trace));
            assertThat(outcome.violation()).isNull();
        }
    }
}
