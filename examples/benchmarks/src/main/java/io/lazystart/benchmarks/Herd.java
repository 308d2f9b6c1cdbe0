// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.config.ReadyConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Many requests to a backend that sleeps. All are sent before the first answer is read, so all of them are open at the
 * same time.
 *
 * @param callers how many
 */
record Herd(int callers) implements Benchmark {
    private static final int MOST = 10_000;

    static Herd of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--callers"), Set.of(), 0);
        return new Herd(line.number("--callers", 500, 1, MOST));
    }

    @Override
    public boolean run(PrintStream out) throws IOException, InterruptedException {
        List<HeldCall> calls = new ArrayList<>(callers);
        try (Stage stage = Stage.open(ReadyConfig.TCP)) {
            long begun = System.nanoTime();
            for (int caller = 0; caller < callers; caller++) {
                calls.add(HeldCall.send(stage.address(), "/caller/" + caller));
            }
            long sent = System.nanoTime();
            int right = 0;
            for (HeldCall call : calls) {
                right += call.await().right() ? 1 : 0;
            }
            long answered = System.nanoTime();
            stage.sleep();
            int starts = stage.runs().size();
            out.printf("callers    %d, sent within %d ms%n", callers, millis(sent - begun));
            out.printf("starts     %d by the backend's own file (expected 1)%n", starts);
            out.printf(
                    "answers    %d right (expected %d), the last after %d ms%n",
                    right, callers, millis(answered - begun));
            return starts == 1 && right == callers;
        } finally {
            for (HeldCall call : calls) {
                call.close();
            }
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
