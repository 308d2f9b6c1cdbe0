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
import java.util.function.IntFunction;

/**
 * What a reload does to the requests of those whom it does not concern: the same load without reloads, and then with a
 * reload each second that changes a service, adds one and removes one.
 *
 * @param rate requests a second, on three services
 * @param seconds how long each of the two phases lasts
 */
record ReloadUnderLoad(int rate, int seconds) implements Benchmark {
    private static final double P99_RATIO = 2;
    private static final int MOST = 20_000;
    private static final int WARM_UP_SECONDS = 5;
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
            load(load, Math.min(WARM_UP_SECONDS, seconds), ReloadUnderLoad::calm);
            Tally before = load(load, seconds, ReloadUnderLoad::calm);
            Tally during;
            int reloads;
            try (Reloads running = new Reloads(stage)) {
                during = load(load, seconds, ReloadUnderLoad::changing);
                reloads = running.end();
            }
            print("without", before, ReloadStage.ONE, out);
            print("reloading", during, ReloadStage.ONE, out);
            out.printf("%-10s %s: %s%n", "", ReloadStage.OTHER, during.told(ReloadStage.OTHER));
            out.printf(
                    "reloads    %d, each with one service changed, one added, one removed; %d starts, %d of the"
                            + " unchanged service (expected 1)%n",
                    reloads, stage.starts(), stage.steadyStarts());
            verdict(before, during, out);
            return asItShould(before, during) && stage.steadyStarts() == 1;
        }
    }

    /** The requests while nothing changes. */
    private static String calm(int request) {
        return "/" + service(request, ReloadStage.ONE) + "/" + request;
    }

    /** The requests while services come and go: the third part of them asks for the two that are there by turns. */
    private static String changing(int request) {
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

    private Tally load(OpenLoop load, int time, IntFunction<String> targets) throws InterruptedException {
        Tally tally = new Tally();
        load.run(
                rate * time, rate, targets, (target, got, nanos) -> tally.add(ReloadStage.service(target), got, nanos));
        return tally;
    }

    private static void print(String phase, Tally tally, String third, PrintStream out) {
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
        out.printf("%-10s %s: %s%n", "", third, tally.told(third));
    }

    private static void verdict(Tally before, Tally during, PrintStream out) {
        long failures = during.failures(ReloadStage.STEADY);
        double ratio = during.millis(ReloadStage.STEADY, 99) / before.millis(ReloadStage.STEADY, 99);
        out.printf(
                "targets    failures of the unchanged service %d, target 0 %s; p99 %.2f x that without reloads, target"
                        + " %.0f x %s%n",
                failures, Verdict.word(failures == 0), ratio, P99_RATIO, Verdict.word(ratio <= P99_RATIO));
    }

    /** The unchanged service and the changed one serve everybody; one that comes and goes is there or is not. */
    private static boolean asItShould(Tally before, Tally during) {
        return before.only(ReloadStage.STEADY, "200")
                && before.only(ReloadStage.CHANGED, "200")
                && before.only(ReloadStage.ONE, "200")
                && during.only(ReloadStage.STEADY, "200")
                && during.only(ReloadStage.CHANGED, "200")
                && during.only(ReloadStage.ONE, "200", "404", "503")
                && during.only(ReloadStage.OTHER, "200", "404", "503");
    }

    /** Reloads each second, the first time after half of one. */
    private static final class Reloads implements AutoCloseable {
        private static final long PERIOD_MILLIS = 1_000;

        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final ReloadStage stage;
        private final Future<?> running;

        /** Touched by the thread until it has ended. */
        private int done;

        Reloads(ReloadStage stage) {
            this.stage = stage;
            running = thread.scheduleAtFixedRate(this::reload, PERIOD_MILLIS / 2, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void reload() {
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
