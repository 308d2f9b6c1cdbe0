// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.config.ReadyConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/**
 * How long after the backend listens the held caller has the first byte of its answer: finding out that it listens,
 * opening the word, passing the request on, and the answer's way back.
 *
 * @param wakes how many count
 * @param warmUp how many go before
 * @param ready how readiness is found out
 */
record WakeOverhead(int wakes, int warmUp, ReadyConfig ready) implements Benchmark {
    private static final double MEDIAN_TARGET_MILLIS = 5;
    private static final double P99_TARGET_MILLIS = 25;
    private static final int MOST = 1_000_000;

    static WakeOverhead of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--wakes", "--warm-up", "--ready"), Set.of(), 0);
        boolean http = line.choice("--ready", List.of("tcp", "http")).equals("http");
        return new WakeOverhead(
                line.number("--wakes", 200, 1, MOST),
                line.number("--warm-up", 20, 0, MOST),
                http ? ReadyConfig.http("/ready") : ReadyConfig.TCP);
    }

    @Override
    public boolean run(PrintStream out) throws IOException, InterruptedException {
        Histogram overhead = new Histogram(3);
        int right = 0;
        try (Stage stage = Stage.open(ready)) {
            for (int wake = 0; wake < warmUp + wakes; wake++) {
                HeldCall.Answer answer = wake(stage, "/wake/" + wake);
                List<BackendRun> runs = stage.runs();
                right += answer.right() ? 1 : 0;
                if (wake >= warmUp) {
                    overhead.recordValue(answer.firstByteNanos() - last(runs).listeningNanos());
                }
                stage.sleep();
            }
            return report(overhead, right, stage.runs(), out);
        }
    }

    private static HeldCall.Answer wake(Stage stage, String target) throws IOException {
        try (HeldCall call = HeldCall.send(stage.address(), target)) {
            return call.await();
        }
    }

    private static BackendRun last(List<BackendRun> runs) {
        if (runs.isEmpty()) {
            throw new IllegalStateException("an answer came and the backend was never started");
        }
        return runs.get(runs.size() - 1);
    }

    private boolean report(Histogram overhead, int right, List<BackendRun> runs, PrintStream out) {
        int all = warmUp + wakes;
        double median = millis(overhead.getValueAtPercentile(50));
        double p99 = millis(overhead.getValueAtPercentile(99));
        LongStream boots = runs.stream().mapToLong(BackendRun::bootMillis);
        long[] sorted = boots.sorted().toArray();
        out.printf("wakes      %d counted after %d that are not; ready by %s%n", wakes, warmUp, ready.kind());
        out.printf("starts     %d by the backend's own file (expected %d)%n", runs.size(), all);
        out.printf("answers    %d right (expected %d)%n", right, all);
        out.printf(
                "boot       %d to %d ms, median %d ms%n",
                sorted[0], sorted[sorted.length - 1], sorted[sorted.length / 2]);
        out.printf(
                "overhead   median %.2f ms, p99 %.2f ms, max %.2f ms%n", median, p99, millis(overhead.getMaxValue()));
        out.printf(
                "targets    median %.0f ms %s, p99 %.0f ms %s%n",
                MEDIAN_TARGET_MILLIS,
                Verdict.word(median <= MEDIAN_TARGET_MILLIS),
                P99_TARGET_MILLIS,
                Verdict.word(p99 <= P99_TARGET_MILLIS));
        return runs.size() == all && right == all;
    }

    private static double millis(long nanos) {
        return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
