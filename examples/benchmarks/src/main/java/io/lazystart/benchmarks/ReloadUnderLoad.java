// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.netty.WarmUp;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What reloads do to the requests of those whom they do not concern: the same load without one, with one, and with one each
 * second. Each changes a service, adds one and removes one. None comes before those that count, as a host's first has not been
 * rehearsed by any other either.
 *
 * @param rate requests a second, on three services
 * @param seconds how long each of the three phases lasts
 */
record ReloadUnderLoad(int rate, int seconds) implements Benchmark {
    private static final double P99_RATIO = 2;
    private static final int MOST = 20_000;
    private static final int WARM_UP_SECONDS = 15;
    private static final int SERVICES = 3;

    static ReloadUnderLoad of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--rate", "--seconds"), Set.of(), 0);
        return new ReloadUnderLoad(line.number("--rate", 1_000, 1, MOST), line.number("--seconds", 30, 1, 3_600));
    }

    @Override
    public boolean run(PrintStream out) throws Exception {
        WarmUp.run(Duration.ofSeconds(2));
        try (ReloadStage stage = new ReloadStage();
                OpenLoop load = new OpenLoop(stage.address())) {
            load(load, Math.min(WARM_UP_SECONDS, seconds));
            Tally without = load(load, seconds);
            Reloaded once = reloading(stage, load, 1);
            Reloaded often = reloading(stage, load, seconds);
            print("without", without, out);
            print("once", once.tally(), out);
            print("often", often.tally(), out);
            out.printf(
                    "reloads    1 and %d, each with one service changed, one added, one removed; %d starts, %d of the"
                            + " unchanged service (expected 1)%n",
                    often.reloads(), stage.starts(), stage.steadyStarts());
            verdict(without, once.tally(), often.tally(), out);
            return asItShould(without)
                    && asItShouldMeanwhile(once.tally())
                    && asItShouldMeanwhile(often.tally())
                    && once.reloads() == 1
                    && stage.steadyStarts() == 1;
        }
    }

    /**
     * What became of the requests while services changed.
     *
     * @param tally of the requests
     * @param reloads how often they changed
     */
    private record Reloaded(Tally tally, int reloads) {}

    private Reloaded reloading(ReloadStage stage, OpenLoop load, int most) throws Exception {
        try (Reloads running = new Reloads(stage, most)) {
            Tally tally = load(load, seconds);
            return new Reloaded(tally, running.end());
        }
    }

    /** The third part of the requests asks for the two that come and go by turns, also while they do not. */
    private static String target(int request) {
        boolean one = request / SERVICES % 2 == 0;
        return "/" + service(request, one ? ReloadStage.ONE : ReloadStage.OTHER) + "/" + request;
    }

    private static String service(int request, String third) {
        return switch (request % SERVICES) {
            case 0 -> ReloadStage.STEADY;
            case 1 -> ReloadStage.CHANGED;
            default -> third;
        };
    }

    private Tally load(OpenLoop load, int time) throws InterruptedException {
        Tally tally = new Tally();
        load.run(
                rate * time,
                rate,
                ReloadUnderLoad::target,
                (target, got, nanos) -> tally.add(ReloadStage.service(target), got, nanos));
        return tally;
    }

    private static void print(String phase, Tally tally, PrintStream out) {
        out.printf("%-10s %d requests%n", phase, tally.requests());
        out.printf(
                "%-10s unchanged: %d, %d failed; p50 %.2f ms, p99 %.2f ms, max %.2f ms%n",
                "",
                tally.requests(ReloadStage.STEADY),
                tally.failures(ReloadStage.STEADY),
                tally.millis(ReloadStage.STEADY, 50),
                tally.millis(ReloadStage.STEADY, 99),
                tally.millis(ReloadStage.STEADY, 100));
        out.printf("%-10s changed: %s%n", "", tally.told(ReloadStage.CHANGED));
        out.printf("%-10s %s: %s%n", "", ReloadStage.ONE, tally.told(ReloadStage.ONE));
        out.printf("%-10s %s: %s%n", "", ReloadStage.OTHER, tally.told(ReloadStage.OTHER));
    }

    private static void verdict(Tally without, Tally once, Tally often, PrintStream out) {
        long failures = once.failures(ReloadStage.STEADY) + often.failures(ReloadStage.STEADY);
        double alone = ratio(once, without);
        double repeated = ratio(often, without);
        out.printf(
                "targets    failures of the unchanged service %d, target 0 %s; its p99, target %.0f x that without: with one"
                        + " reload %.2f x %s, with one each second %.2f x %s%n",
                failures,
                Verdict.word(failures == 0),
                P99_RATIO,
                alone,
                Verdict.word(alone <= P99_RATIO),
                repeated,
                Verdict.word(repeated <= P99_RATIO));
    }

    private static double ratio(Tally reloading, Tally without) {
        return reloading.millis(ReloadStage.STEADY, 99) / without.millis(ReloadStage.STEADY, 99);
    }

    private static boolean asItShould(Tally tally) {
        return tally.only(ReloadStage.STEADY, "200")
                && tally.only(ReloadStage.CHANGED, "200")
                && tally.only(ReloadStage.ONE, "200")
                && tally.only(ReloadStage.OTHER, "404");
    }

    /** The unchanged service and the changed one serve everybody; one that comes and goes is there or is not. */
    private static boolean asItShouldMeanwhile(Tally tally) {
        return tally.only(ReloadStage.STEADY, "200")
                && tally.only(ReloadStage.CHANGED, "200")
                && tally.only(ReloadStage.ONE, "200", "404", "503")
                && tally.only(ReloadStage.OTHER, "200", "404", "503");
    }

    /** Reloads each second, the first time after half of one, until it has done so often enough. */
    private static final class Reloads implements AutoCloseable {
        private static final long PERIOD_MILLIS = 1_000;

        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final ReloadStage stage;
        private final int most;
        private final Future<?> running;

        /** Touched by the thread until it has ended. */
        private int done;

        Reloads(ReloadStage stage, int most) {
            this.stage = stage;
            this.most = most;
            running = thread.scheduleAtFixedRate(this::reload, PERIOD_MILLIS / 2, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void reload() {
            if (done == most) {
                return;
            }
            var told = stage.reload();
            if (!told.equals(stage.expected())) {
                throw new IllegalStateException("reloaded: " + told + " (expected: " + stage.expected() + ")");
            }
            done++;
        }

        /** Ends it; what went wrong is thrown here. */
        int end() throws ExecutionException, InterruptedException {
            thread.shutdown();
            if (!thread.awaitTermination(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("a reload does not return");
            }
            if (running.isDone() && !running.isCancelled()) {
                running.get();
            }
            return done;
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }
}
