// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a caller of a sleeping container waits beyond the engine and the server in the container: from the engine's answer that
 * it was started to the first byte, less what the server needs to listen; and of a paused one from the request to the first
 * byte, less the engine's own unpause. Engine alone and lazystart go by turns.
 *
 * @param rounds how many count
 * @param warmUp how many go before
 */
record DockerWake(int rounds, int warmUp) implements Benchmark {
    private static final double MEDIAN = 50;
    static final double START_TARGET_MILLIS = 10;
    static final double PAUSE_TARGET_MILLIS = 15;

    static DockerWake of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--rounds", "--warm-up"), Set.of(), 0);
        return new DockerWake(line.number("--rounds", 40, 1, 10_000), line.number("--warm-up", 5, 0, 10_000));
    }

    @Override
    public boolean run(PrintStream out) throws IOException, InterruptedException {
        Times times = measure();
        times.report(this, out);
        return times.allRight(this);
    }

    Times measure() throws IOException, InterruptedException {
        Times times = new Times();
        EngineSocket engine = new EngineSocket(EngineSocket.PATH);
        try (ContainerStage stage = ContainerStage.open()) {
            wakePaused(stage, new Times()); // starts it; paused from then on
            engine.post(stage.path(ContainerStage.BARE_PAUSES, "start"));
            engine.post(stage.path(ContainerStage.BARE_PAUSES, "pause"));
            for (int round = -warmUp; round < rounds; round++) {
                Times into = round < 0 ? new Times() : times;
                into.listening.recordValue(listens(engine, stage));
                wakeStopped(stage, into);
                into.unpause.recordValue(engine.post(stage.path(ContainerStage.BARE_PAUSES, "unpause")));
                engine.post(stage.path(ContainerStage.BARE_PAUSES, "pause"));
                wakePaused(stage, into);
            }
        }
        return times;
    }

    /** Starts the container without lazystart and stops it again; how long after the engine's answer it listens. */
    private static long listens(EngineSocket engine, ContainerStage stage) throws IOException {
        engine.post(stage.path(ContainerStage.BARE_STOPS, "start"));
        long started = System.nanoTime();
        InetSocketAddress address = stage.container(ContainerStage.BARE_STOPS);
        while (!accepts(address)) {
            Thread.onSpinWait();
        }
        long listening = System.nanoTime() - started;
        engine.post(stage.path(ContainerStage.BARE_STOPS, "kill"));
        while (accepts(address)) {
            Thread.onSpinWait();
        }
        return listening;
    }

    private static boolean accepts(InetSocketAddress address) throws IOException {
        try {
            new Socket(address.getAddress(), address.getPort()).close();
            return true;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private static void wakeStopped(ContainerStage stage, Times into) throws IOException, InterruptedException {
        long asked = System.nanoTime();
        try (HeldCall call = HeldCall.send(stage.address(), ContainerStage.TARGET)) {
            HeldCall.Answer answer = call.await();
            into.beforeStart.recordValue(stage.engine().startAskedNanos() - asked);
            into.afterStart.recordValue(answer.firstByteNanos() - stage.engine().startAnsweredNanos());
            into.right += answer.right() ? 1 : 0;
            stage.sleep(ContainerStage.STOPS);
        }
    }

    private static void wakePaused(ContainerStage stage, Times into) throws IOException, InterruptedException {
        long asked = System.nanoTime();
        try (HeldCall call = HeldCall.send(stage.address(), "pauses.localhost", ContainerStage.TARGET)) {
            HeldCall.Answer answer = call.await();
            into.paused.recordValue(answer.firstByteNanos() - asked);
            into.right += answer.right() ? 1 : 0;
            stage.sleep(ContainerStage.PAUSES);
        }
    }

    /** What was measured in the rounds that count. */
    static final class Times {
        private final Histogram listening = new Histogram(3);
        private final Histogram beforeStart = new Histogram(3);
        private final Histogram afterStart = new Histogram(3);
        private final Histogram unpause = new Histogram(3);
        private final Histogram paused = new Histogram(3);
        private int right;

        private Times() {}

        /** Whether every answer was the one that was expected. */
        boolean allRight(DockerWake of) {
            return right == 2 * of.rounds;
        }

        double beyondStartMillis() {
            return at(afterStart, MEDIAN) - at(listening, MEDIAN);
        }

        double beyondUnpauseMillis() {
            return at(paused, MEDIAN) - at(unpause, MEDIAN);
        }

        void report(DockerWake of, PrintStream out) {
            out.printf("rounds     %d counted after %d that are not%n", of.rounds, of.warmUp);
            out.printf("answers    %d right (expected %d)%n", right, 2 * of.rounds);
            line(out, "asks", beforeStart, "from the request to the call of the engine");
            line(out, "listens", listening, "after the engine's answer, without lazystart");
            line(out, "started", afterStart, "from the engine's answer to the first byte");
            verdict(out, beyondStartMillis(), START_TARGET_MILLIS);
            line(out, "unpause", unpause, "by the engine alone");
            line(out, "paused", paused, "from the request to the first byte");
            verdict(out, beyondUnpauseMillis(), PAUSE_TARGET_MILLIS);
        }

        private static void line(PrintStream out, String what, Histogram times, String meaning) {
            out.printf(
                    "%-10s median %.2f ms, p90 %.2f ms, max %.2f ms   %s%n",
                    what, at(times, MEDIAN), at(times, 90), millis(times.getMaxValue()), meaning);
        }

        private static void verdict(PrintStream out, double beyond, double target) {
            out.printf(
                    "           beyond the engine %.2f ms   target %.0f   %s%n",
                    beyond, target, Verdict.word(beyond <= target));
        }

        private static double at(Histogram times, double percentile) {
            return millis(times.getValueAtPercentile(percentile));
        }

        private static double millis(long nanos) {
            return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
        }
    }
}
