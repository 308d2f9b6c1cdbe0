// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Holds the figures of all rounds against the targets. */
final class Verdict {
    private static final double LEASE_RATIO = 1.3;
    private static final double DECISION_RATIO = 5;
    private static final double LEASE_BYTES = 32;
    private static final double DECISION_BYTES = 200;

    private Verdict() {}

    /** Prints a row for each comparison whose two sides were measured, and for each allocation. */
    static void print(Map<Measured, List<Figure>> figures, PrintStream out) {
        out.println();
        Measured lease = new Measured(Measured.LEASE, 1);
        Measured decision = new Measured(Measured.DECISION, 1);
        for (int threads = 1; threads <= 2; threads++) {
            Measured bare = new Measured(Measured.BARE, threads);
            ratio(figures, new Measured(Measured.LEASE, threads), bare, LEASE_RATIO, out);
        }
        ratio(figures, decision, lease, DECISION_RATIO, out);
        bytes(figures, lease, LEASE_BYTES, out);
        bytes(figures, decision, DECISION_BYTES, out);
    }

    private static void ratio(
            Map<Measured, List<Figure>> figures, Measured upper, Measured lower, double target, PrintStream out) {
        List<Figure> over = figures.getOrDefault(upper, List.of());
        List<Figure> under = figures.getOrDefault(lower, List.of());
        if (over.isEmpty() || under.isEmpty()) {
            return;
        }
        double[] ratios = IntStream.range(0, over.size())
                .mapToDouble(round -> over.get(round).nanos() / under.get(round).nanos())
                .sorted()
                .toArray();
        double middle = middle(ratios);
        out.printf(
                "%-20s / %-20s %d thread%s  %6.2f x   (rounds %.2f to %.2f)   target %.1f x  %s%n",
                upper.method(),
                lower.method(),
                upper.threads(),
                upper.threads() == 1 ? " " : "s",
                middle,
                ratios[0],
                ratios[ratios.length - 1],
                target,
                word(middle <= target));
    }

    private static void bytes(Map<Measured, List<Figure>> figures, Measured one, double target, PrintStream out) {
        List<Figure> all = figures.getOrDefault(one, List.of());
        if (all.isEmpty()) {
            return;
        }
        double bytes = middle(all.stream().mapToDouble(Figure::bytes).toArray());
        out.printf(
                "%-20s allocates %22.1f bytes                          target %.0f    %s%n",
                one.method(), bytes, target, word(bytes <= target));
    }

    static String word(boolean met) {
        return met ? "met" : "MISSED";
    }

    /** The median; of an even number the mean of the two in the middle. */
    static double middle(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
