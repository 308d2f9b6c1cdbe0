// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link WarmPath} in rounds. A round gives each benchmark one fork, one after the other, so that a machine that
 * becomes slower meanwhile slows all of them. A fork counts with its middle iteration: one during which the machine did
 * something else decides nothing.
 */
final class JmhRun implements Benchmark {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final List<Measured> measured;
    private final Effort effort;

    private JmhRun(List<Measured> measured, Effort effort) {
        this.measured = measured;
        this.effort = effort;
    }

    static JmhRun of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of(), Set.of("--quick"), 1);
        Pattern included = pattern(line.words().isEmpty() ? "" : line.words().get(0));
        List<Measured> chosen = Measured.ALL.stream()
                .filter(one -> included.matcher(one.method()).find())
                .toList();
        if (chosen.isEmpty()) {
            throw new UsageException(
                    line.words().get(0) + ": no such benchmark (expected: a pattern that is found in one of "
                            + String.join(", ", Measured.METHODS) + ")");
        }
        return new JmhRun(chosen, line.switches().isEmpty() ? Effort.FULL : Effort.QUICK);
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException wrong) {
            throw new UsageException(text + ": " + wrong.getDescription() + " (expected: a regular expression)");
        }
    }

    /**
     * How much is measured.
     *
     * @param rounds forks of each benchmark
     * @param warmUps iterations of a fork that do not count
     * @param iterations iterations of a fork that count
     * @param millis length of an iteration
     */
    private record Effort(int rounds, int warmUps, int iterations, int millis) {
        static final Effort FULL = new Effort(9, 10, 20, 100);
        static final Effort QUICK = new Effort(3, 8, 10, 100);
    }

    @Override
    public boolean run(PrintStream out) throws RunnerException {
        // JMH ends a fork when its own work is over, not when the person at the terminal has had enough.
        Runtime.getRuntime().addShutdownHook(new Thread(JmhRun::endForks, "benchmarks-forks"));
        Map<Measured, List<Figure>> figures = new LinkedHashMap<>();
        for (int round = 1; round <= effort.rounds(); round++) {
            StringBuilder line = new StringBuilder("round " + round + "/" + effort.rounds() + ":");
            for (Measured one : measured) {
                Figure figure = fork(one);
                figures.computeIfAbsent(one, key -> new ArrayList<>()).add(figure);
                line.append(String.format("  %s %.1f ns", one.label(), figure.nanos()));
            }
            out.println(line);
        }
        Verdict.print(figures, out);
        return true;
    }

    private Figure fork(Measured one) throws RunnerException {
        RunResult result = new Runner(options(one)).runSingle();
        double[] scores = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .toArray();
        return new Figure(
                Verdict.middle(scores),
                Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                        .getScore());
    }

    private Options options(Measured one) {
        TimeValue length = TimeValue.milliseconds(effort.millis());
        return new OptionsBuilder()
                .include("^" + Pattern.quote(WarmPath.class.getName() + "." + one.method()) + "$")
                .threads(one.threads())
                .forks(1)
                .warmupIterations(effort.warmUps())
                .warmupTime(length)
                .measurementIterations(effort.iterations())
                .measurementTime(length)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
    }

    private static void endForks() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
}
