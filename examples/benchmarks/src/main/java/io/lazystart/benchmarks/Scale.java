// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.lazystart.LazyStart;
import io.lazystart.LazyStartBuilder;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.time.Ticker;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * Very many services, few of them awake: what each costs in memory, threads, registration, and while nothing happens.
 *
 * @param services how many
 * @param awake how many of them are woken, with their idle time running
 * @param seconds how long nothing happens
 */
record Scale(int services, int awake, int seconds) implements Benchmark {
    private static final int MOST = 1_000_000;
    private static final Duration IDLE = Duration.ofHours(1);

    /** Threads that have nothing to do any more end within ten seconds. */
    private static final Duration SETTLING = Duration.ofSeconds(15);

    private static final double BYTES = 1.5 * 1024;
    private static final double REGISTRATION_SECONDS = 3;
    private static final double CPU_PERCENT = 1;

    static Scale of(List<String> args) {
        CommandLine line = CommandLine.parse(args, Set.of("--services", "--awake", "--seconds"), Set.of(), 0);
        int services = line.number("--services", 100_000, 1, MOST);
        return new Scale(
                services,
                line.number("--awake", Math.min(1_000, services), 0, services),
                line.number("--seconds", 60, 1, 3_600));
    }

    @Override
    public boolean run(PrintStream out) throws Exception {
        ScriptedProvider provider = new ScriptedProvider();
        for (int i = 0; i < services; i++) {
            provider.unit(name(i)); // what the fake itself needs is not counted
        }
        long before = heap();
        Ticker ticker = Ticker.system();
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long begun = ticker.nanos();
        long cpuBefore = process.getProcessCpuTime();
        try (LazyStart lazyStart = described(provider).build()) {
            double registered = seconds(ticker.nanos() - begun);
            double busy = seconds(process.getProcessCpuTime() - cpuBefore);
            readAll(lazyStart);
            double bytes = (double) (heap() - before) / services;
            wake(lazyStart);
            int threads = threads();
            double cpu = idleCpu(ticker, process);
            line(out, "heap", bytes, "bytes a service", BYTES);
            line(out, "registration", registered, "s", REGISTRATION_SECONDS);
            out.printf("              %.2f s of processor time, the compiler's and the collector's too%n", busy);
            line(out, "processor", cpu, "% of a core while " + awake + " are awake", CPU_PERCENT);
            out.printf("threads       %d of lazystart with %d services, %d awake%n", threads, services, awake);
            return stillAwake(lazyStart) == awake;
        }
    }

    private LazyStartBuilder described(ScriptedProvider provider) {
        LazyStartBuilder builder = LazyStart.builder()
                .discoverProviders(false)
                .keepStartTimes(false)
                .provider(provider);
        for (int i = 0; i < services; i++) {
            builder.service(name(i), Scale::describe);
        }
        return builder;
    }

    private static void describe(ServiceConfigBuilder service) {
        service.unit("scripted", Map.of()).idleTimeout(IDLE);
    }

    private static String name(int i) {
        return "service-" + i;
    }

    /** Waits until every unit has been read, as a host does when it begins. */
    private void readAll(LazyStart lazyStart) {
        all(0, services, i -> lazyStart.watcher(name(i)).check());
    }

    private void wake(LazyStart lazyStart) {
        all(
                0,
                awake,
                i -> lazyStart
                        .watcher(name(i))
                        .acquire(WakeRequest.of(Cause.request("scale")))
                        .thenAccept(Lease::close));
    }

    private static void all(int from, int to, IntFunction<CompletionStage<?>> call) {
        List<CompletableFuture<?>> calls = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            calls.add(call.apply(i).toCompletableFuture());
        }
        CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).join();
    }

    private int stillAwake(LazyStart lazyStart) {
        int count = 0;
        for (int i = 0; i < services; i++) {
            count += lazyStart.watcher(name(i)).snapshot().status() == Status.READY ? 1 : 0;
        }
        return count;
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lazystart-"))
                .count();
    }

    private double idleCpu(Ticker ticker, OperatingSystemMXBean process) throws InterruptedException {
        heap();
        ticker.sleep(SETTLING);
        long begun = ticker.nanos();
        long cpu = process.getProcessCpuTime();
        ticker.sleep(Duration.ofSeconds(seconds));
        return 100.0 * (process.getProcessCpuTime() - cpu) / (ticker.nanos() - begun);
    }

    /** Bytes in use after what is garbage has been collected. */
    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private static void line(PrintStream out, String what, double figure, String unit, double target) {
        out.printf(
                "%-13s %.2f %s   target %.2f   %s%n", what, figure, unit, target, figure <= target ? "met" : "MISSED");
    }
}
