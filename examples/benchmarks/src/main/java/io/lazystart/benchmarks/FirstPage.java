// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How long the first visitors of a gateway that has just been started look at nothing: each round starts a process and
 * asks for the page as soon as it has printed its URL, and then again a few times.
 *
 * @param rounds how many gateways
 * @param later how many pages after the first of each; they have to come while the demo application starts
 * @param gateway the runnable jar
 */
record FirstPage(int rounds, int later, Path gateway) implements Benchmark {
    private static final double FIRST_MILLIS = 300;
    private static final double LATER_MILLIS = 30;

    static FirstPage of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--rounds", "--later", "--gateway"), Set.of(), 0);
        Path jar = Path.of(line.values().getOrDefault("--gateway", "examples/gateway/target/gateway.jar"));
        if (!Files.isRegularFile(jar)) {
            throw new UsageException("--gateway: " + jar + " (expected: the gateway's jar; build it first)");
        }
        return new FirstPage(line.number("--rounds", 20, 1, 1_000), line.number("--later", 5, 1, 20), jar);
    }

    @Override
    public boolean run(PrintStream out) throws IOException, InterruptedException {
        List<Double> firsts = new ArrayList<>();
        List<Double> laters = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            try (GatewayRun run = GatewayRun.start(gateway)) {
                firsts.add(run.pageMillis());
                for (int page = 0; page < later; page++) {
                    laters.add(run.pageMillis());
                }
            }
        }
        print("first page", firsts, FIRST_MILLIS, out);
        print("later pages", laters, LATER_MILLIS, out);
        long wrong = firsts.stream().filter(millis -> millis.isNaN()).count()
                + laters.stream().filter(millis -> millis.isNaN()).count();
        out.printf("answers      %d wrong (expected 0)%n", wrong);
        return wrong == 0;
    }

    private static void print(String what, List<Double> millis, double target, PrintStream out) {
        double[] right = millis.stream()
                .filter(figure -> !figure.isNaN())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (right.length == 0) {
            return;
        }
        double max = right[right.length - 1];
        out.printf(
                "%-12s %d, median %.1f ms, max %.1f ms   target %.0f ms, each   %s%n",
                what, right.length, Verdict.middle(right), max, target, Verdict.word(max <= target));
    }
}
