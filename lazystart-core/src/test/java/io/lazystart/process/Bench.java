// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lazystart.provider.Exit;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Scheduler;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider over a folder of its own, with shell scripts for units; ends what it started. */
final class Bench implements UnitListener, AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    final Path folder;
    final Provider provider;
    private final SystemScheduler scheduler = new SystemScheduler();
    private final AtomicInteger timers = new AtomicInteger();
    private final BlockingQueue<UnitEvent> events = new LinkedBlockingQueue<>();
    private final Map<String, Unit> units = new LinkedHashMap<>();

    Bench(Path folder) {
        this(folder, new PortRange(21_000, 21_099), ProcessTable.ofSystem());
    }

    Bench(Path folder, PortRange ports, ProcessTable table) {
        this.folder = folder;
        ProviderContext context = new ProviderContext(
                "process",
                new Settings("providers.process", Map.of()),
                Ticker.system(),
                this::schedule,
                state(),
                ports);
        provider = ProcessProvider.open(context, table);
        provider.watch(this);
    }

    /** A unit that runs a script in the bench's folder. */
    Unit script(String service, String script) {
        return unit(service, Map.of("command", List.of("sh", "-c", script), "directory", folder.toString()));
    }

    Unit unit(String service, Map<String, Object> settings) {
        Unit unit = provider.unit(service, new Settings("services." + service + ".process", settings));
        units.put(service, unit);
        return unit;
    }

    /** Waits for a number that a script writes to a file of the bench's folder. */
    long pid(String file) {
        return Long.parseLong(text(file));
    }

    /** Waits for a line that a script writes to a file of the bench's folder. */
    String text(String file) {
        return text(folder, file);
    }

    static String text(Path folder, String file) {
        Path path = folder.resolve(file);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Files.exists(path) && Files.readString(path).endsWith("\n"));
        try {
            return Files.readString(path).strip();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    /** The next event, which must be of that kind. */
    UnitEvent next(UnitEvent.Kind kind) throws InterruptedException {
        UnitEvent event = events.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(event).as("an event").isNotNull();
        assertThat(event.kind()).isEqualTo(kind);
        return event;
    }

    Exit exit() throws InterruptedException {
        return next(UnitEvent.Kind.ENDED).exit();
    }

    /** How many timers are waiting. */
    int timers() {
        return timers.get();
    }

    boolean quiet() {
        return events.isEmpty();
    }

    Path state() {
        return folder.resolve("state");
    }

    Path files(String service) {
        return state().resolve("process").resolve(service);
    }

    static boolean alive(long pid) throws IOException {
        return ProcessTable.ofSystem().find(pid) != null;
    }

    static char state(long pid) throws IOException {
        ProcessEntry entry = ProcessTable.ofSystem().find(pid);
        assertThat(entry).as("process " + pid).isNotNull();
        return entry.state();
    }

    static long millisOf(Action action) throws Exception {
        long began = System.nanoTime();
        action.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    /** Closes the provider and leaves what runs. */
    void leave() {
        provider.close();
        scheduler.close();
    }

    @Override
    public void close() throws Exception {
        for (Unit unit : units.values()) {
            unit.kill();
        }
        leave();
    }

    @Override
    public void onEvent(UnitEvent event) {
        events.add(event);
    }

    @Override
    public void onResync() {
        throw new AssertionError("no resync expected");
    }

    private Scheduler.Timer schedule(Runnable task, long delayNanos) {
        timers.incrementAndGet();
        Runnable counted = () -> {
            timers.decrementAndGet();
            task.run();
        };
        return scheduler.schedule(counted, delayNanos);
    }

    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }
}
