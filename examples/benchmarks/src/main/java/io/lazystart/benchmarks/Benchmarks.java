// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.PrintStream;
import java.util.List;

/** Runs one benchmark by its name. */
public final class Benchmarks {
    private static final int REFUSED = 1;
    private static final int WRONG = 2;

    static final String USAGE = """
            usage: java -jar benchmarks.jar NAME [OPTION...]

              wake-overhead [--wakes 200] [--warm-up 20] [--ready tcp|http]
                          time from "the backend listens" to "the held caller has the first byte"
              herd [--callers 500]
                          cold requests at the same time: one start, every answer right
              first-page [--rounds 20] [--later 5] [--gateway examples/gateway/target/gateway.jar]
                          the loading page of gateways that have just been started
              reload [--rate 1000] [--seconds 30]
                          what requests notice of reloads that concern others
              scale [--services 100000] [--awake 1000] [--seconds 60]
                          what very many services cost while few of them are awake
              docker [--rounds 40] [--warm-up 5]
                          what callers of stopped and paused containers wait beyond the engine; needs one
              jmh [PATTERN] [--quick]
                          a warm request's lease and HTTP decision against the least that they could cost

            Exit codes: 0 measured, 1 refused (one line on stderr says why), 2 a count or an answer was wrong.
            """;

    private Benchmarks() {}

    /**
     * Runs the named benchmark.
     *
     * @param args its name and options
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) {
        try {
            return benchmark(args).run(out) ? 0 : WRONG;
        } catch (UsageException refused) {
            err.println("benchmarks: " + refused.getMessage());
            err.print(USAGE);
            return REFUSED;
        } catch (Exception failed) {
            err.println("benchmarks: failed");
            failed.printStackTrace(err);
            return WRONG;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static Benchmark benchmark(List<String> args) {
        if (args.isEmpty()) {
            throw new UsageException(
                    "no name (expected: wake-overhead, herd, first-page, reload, scale, docker or jmh)");
        }
        List<String> options = args.subList(1, args.size());
        return switch (args.get(0)) {
            case "wake-overhead" -> WakeOverhead.of(options);
            case "herd" -> Herd.of(options);
            case "first-page" -> FirstPage.of(options);
            case "reload" -> ReloadUnderLoad.of(options);
            case "scale" -> Scale.of(options);
            case "docker" -> DockerWake.of(options);
            case "jmh" -> JmhRun.of(options);
            default ->
                throw new UsageException(
                        args.get(0)
                                + ": no such benchmark (expected: wake-overhead, herd, first-page, reload, scale, docker or jmh)");
        };
    }
}
