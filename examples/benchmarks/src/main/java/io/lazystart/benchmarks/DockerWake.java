// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a caller of a sleeping container waits beyond the engine and the server in the container: from the engine's word that
 * it was started to the first byte, less what the server needs to listen; and of a paused one from the request to the first
 * byte, beside the engine's own unpause. Engine alone and lazystart go by turns.
 *
 * @param rounds how many count
 * @param warmUp how many go before
 */
record DockerWake(int rounds, int warmUp) implements Benchmark {
    private static final double START_TARGET_MILLIS = 10;
    private static final double PAUSE_TARGET_MILLIS = 15;
    private static final Path SOCKET = Path.of("/var/run/docker.sock");

    static DockerWake of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--rounds", "--warm-up"), Set.of(), 0);
        return new DockerWake(line.number("--rounds", 40, 1, 10_000), line.number("--warm-up", 5, 0, 10_000));
    }

    @Override
    public boolean run(PrintStream out) throws IOException, InterruptedException {
        Histogram listening = new Histogram(3);
        Histogram afterStart = new Histogram(3);
        Histogram unpause = new Histogram(3);
        Histogram paused = new Histogram(3);
        EngineSocket engine = new EngineSocket(SOCKET);
        int right = 0;
        try (ContainerStage stage = ContainerStage.open()) {
            right += wakePaused(stage, new Histogram(3)); // starts it; paused from then on
            engine.post(stage.path(ContainerStage.BARE_PAUSES, "start"));
            engine.post(stage.path(ContainerStage.BARE_PAUSES, "pause"));
            for (int round = -warmUp; round < rounds; round++) {
                boolean counts = round >= 0;
                long listens = listens(engine, stage);
                record(listening, counts, listens);
                right += wakeStopped(stage, counts ? afterStart : new Histogram(3));
                record(unpause, counts, engine.post(stage.path(ContainerStage.BARE_PAUSES, "unpause")));
                engine.post(stage.path(ContainerStage.BARE_PAUSES, "pause"));
                right += wakePaused(stage, counts ? paused : new Histogram(3));
            }
        }
        return report(listening, afterStart, unpause, paused, right, out);
    }

    /** Starts the container without lazystart and stops it again; how long after the engine's answer it listens. */
    private static long listens(EngineSocket engine, ContainerStage stage) throws IOException {
        engine.post(stage.path(ContainerStage.BARE_STOPS, "start"));
        long started = System.nanoTime();
        InetSocketAddress address = stage.container(ContainerStage.BARE_STOPS);
        while (!accepts(address)) {
            Thread.onSpinWait();
        }
        long listens = System.nanoTime() - started;
        engine.post(stage.path(ContainerStage.BARE_STOPS, "kill"));
        while (accepts(address)) {
            Thread.onSpinWait();
        }
        return listens;
    }

    private static boolean accepts(InetSocketAddress address) throws IOException {
        try {
            new Socket(address.getAddress(), address.getPort()).close();
            return true;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private static int wakeStopped(ContainerStage stage, Histogram into) throws IOException, InterruptedException {
        try (HeldCall call = HeldCall.send(stage.address(), ContainerStage.TARGET)) {
            HeldCall.Answer answer = call.await();
            into.recordValue(Math.max(0, answer.firstByteNanos() - stage.unitStartedNanos()));
            stage.sleep(ContainerStage.STOPS);
            return answer.right() ? 1 : 0;
        }
    }

    private static int wakePaused(ContainerStage stage, Histogram into) throws IOException, InterruptedException {
        long asked = System.nanoTime();
        try (HeldCall call = HeldCall.send(stage.address(), "pauses.localhost", ContainerStage.TARGET)) {
            HeldCall.Answer answer = call.await();
            into.recordValue(answer.firstByteNanos() - asked);
            stage.sleep(ContainerStage.PAUSES);
            return answer.right() ? 1 : 0;
        }
    }

    private static void record(Histogram into, boolean counts, long nanos) {
        if (counts) {
            into.recordValue(nanos);
        }
    }

    private boolean report(
            Histogram listening,
            Histogram afterStart,
            Histogram unpause,
            Histogram paused,
            int right,
            PrintStream out) {
        int all = 1 + 2 * (warmUp + rounds);
        double overhead = median(afterStart) - median(listening);
        double beyond = median(paused) - median(unpause);
        out.printf("rounds     %d counted after %d that are not%n", rounds, warmUp);
        out.printf("answers    %d right (expected %d)%n", right, all);
        line(out, "listens", listening, "after the engine's start, without lazystart");
        line(out, "started", afterStart, "from the start to the first byte");
        out.printf(
                "           beyond the engine %.2f ms   target %.0f   %s%n",
                overhead, START_TARGET_MILLIS, Verdict.word(overhead <= START_TARGET_MILLIS));
        line(out, "unpause", unpause, "by the engine alone");
        line(out, "paused", paused, "from the request to the first byte");
        out.printf(
                "           beyond the engine %.2f ms   target %.0f   %s%n",
                beyond, PAUSE_TARGET_MILLIS, Verdict.word(beyond <= PAUSE_TARGET_MILLIS));
        return right == all;
    }

    private static void line(PrintStream out, String what, Histogram times, String meaning) {
        out.printf(
                "%-10s median %.2f ms, p90 %.2f ms, max %.2f ms   %s%n",
                what, median(times), millis(times.getValueAtPercentile(90)), millis(times.getMaxValue()), meaning);
    }

    private static double median(Histogram times) {
        return millis(times.getValueAtPercentile(50));
    }

    private static double millis(long nanos) {
        return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
