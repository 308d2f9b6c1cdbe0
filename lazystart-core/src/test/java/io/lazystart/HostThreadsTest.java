// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.UnitEvent;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import io.lazystart.watch.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A host with all its threads, whose callers come and go while something is done to their services without a pause: the
 * simulation has one thread, and the interleavings are those of single classes. What gets lost between two threads shows
 * as a caller who waits for a deadline; all are far longer than the test.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostThreadsTest {
    private static final int CALLERS = 3;

    /** How often there is trouble; {@code -Dlazystart.threads.turns=N} for a long run. */
    private static final int TURNS = Integer.getInteger("lazystart.threads.turns", 500);

    /** Shorter than a drain, so that one that ends by its deadline is a failure. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Failures are forgotten at once. */
    private static final BackoffConfig NO_BACKOFF =
            new BackoffConfig(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO, Integer.MAX_VALUE);

    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider().truthful();

    /** By the port of a unit: the leases that keep it up, counted from after they are given to before they are given back. */
    private final Map<Integer, AtomicInteger> held = new ConcurrentHashMap<>();

    /** Ports of units that were put to sleep in use. */
    private final Set<Integer> stoppedInUse = ConcurrentHashMap.newKeySet();

    /** Whether leases are cut by what is done. */
    private volatile boolean cut;

    private final Map<String, ServiceConfigBuilder> services = new LinkedHashMap<>();
    private final AtomicInteger served = new AtomicInteger();

    /** What is done again and again. */
    @FunctionalInterface
    private interface Trouble {
        void make(int turn) throws Exception;
    }

    @AfterEach
    void manyWereServed_andNothingWasStoppedInUse() {
        assertThat(served).hasValueGreaterThan(TURNS);
        assertThat(stoppedInUse).isEmpty();
    }

    /** A healthy unit. */
    private ScriptedUnit unit(String name, int port) {
        AtomicInteger leases = new AtomicInteger();
        held.put(port, leases);
        ScriptedUnit unit = provider.unit(name).listensOn(port);
        unit.health(Health.HEALTHY);
        for (Call call : List.of(Call.STOP, Call.PAUSE, Call.KILL)) {
            unit.on(call, () -> !cut && leases.get() > 0 && stoppedInUse.add(port));
        }
        return unit;
    }

    private void service(String name, String unit, Consumer<ServiceConfigBuilder> options) {
        ServiceConfigBuilder service = new ServiceConfigBuilder()
                .unit("scripted", Map.of("unit", unit))
                .ready(ReadyConfig.PROVIDER)
                .firstUseTimeout(Duration.ZERO)
                .onClose(ServiceConfig.OnClose.STOP);
        options.accept(service);
        services.put(name, service);
    }

    private LazyStart open() {
        LazyStart host = LazyStart.builder()
                .discoverProviders(false)
                .stateDirectory(directory)
                .provider(provider)
                .build();
        reload(host);
        return host;
    }

    private void reload(LazyStart host) {
        LazyStartConfig now = host.config();
        host.reload(LazyStartConfig.of(directory, now.portRange(), now.limits(), now.connections(), services));
    }

    /** Serves callers while there is trouble; they make a pause after each, and where nobody calls all sleep now and then. */
    private void serve(LazyStart host, List<Caller> callers, Trouble trouble) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        Phaser pauses = new Phaser(1 + CALLERS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Caller caller = callers.get(i % callers.size());
                running.add(threads.submit(() -> inTurns(pauses, turn -> call(host, caller), turn -> {})));
            }
            inTurns(
                    pauses,
                    turn -> {
                        call(host, callers.get(turn % callers.size()));
                        trouble.make(turn);
                    },
                    turn -> {
                        if (turn % 2 == 1) {
                            awaitSleep(host);
                        }
                    });
            for (Future<?> caller : running) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void inTurns(Phaser pauses, Trouble doing, Trouble pausing) throws Exception {
        try {
            for (int turn = 0; turn < TURNS; turn++) {
                doing.make(turn);
                pauses.arriveAndAwaitAdvance();
                pausing.make(turn);
                pauses.arriveAndAwaitAdvance();
            }
        } finally {
            pauses.arriveAndDeregister();
        }
        return null;
    }

    /** Services with an idle time of zero sleep when nobody calls, or have failed. */
    private void awaitSleep(LazyStart host) {
        long begun = System.nanoTime();
        host.config().services().forEach((name, service) -> {
            while (service.idleTimeout().isZero() && !rests(host.watcher(name))) {
                assertThat(System.nanoTime() - begun)
                        .as(() -> "does not sleep: " + host.watcher(name).snapshot())
                        .isLessThan(PATIENCE.toNanos());
                Thread.onSpinWait();
            }
        });
    }

    private static boolean rests(Watcher watcher) {
        Status status = watcher.snapshot().status();
        return status == Status.NAPPING || status == Status.ERROR;
    }

    /**
     * Who calls a service, and what that keeps up besides its own unit.
     *
     * @param service its name
     * @param others ports of the units of its dependencies
     */
    private record Caller(String service, List<Integer> others) {
        Caller(String service) {
            this(service, List.of());
        }
    }

    /** Is served, or told why not before it has waited for long. */
    private void call(LazyStart host, Caller caller) throws Exception {
        Lease lease;
        try {
            lease = host.watcher(caller.service()).acquire(PATIENCE);
        } catch (WakeException e) {
            assertThat(e.reason().kind()).as(e.getMessage()).isNotEqualTo(Reason.Kind.WAIT_EXPIRED);
            return;
        }
        List<Integer> units = new ArrayList<>(caller.others());
        units.add(lease.upstream().getPort());
        units.forEach(unit -> held.get(unit).incrementAndGet());
        units.forEach(unit -> held.get(unit).decrementAndGet());
        lease.close();
        served.incrementAndGet();
    }

    @ParameterizedTest
    @CsvSource({"STOP, PT0S", "STOP, PT1H", "PAUSE, PT0S"})
    void putToSleep_callersAreServed(StopConfig.Method method, Duration idle) throws Exception {
        ScriptedUnit unit = unit("box", 1);
        service(
                "web",
                "box",
                s -> s.idleTimeout(idle)
                        .stop(new StopConfig(method, null, Duration.ofSeconds(30), Duration.ofSeconds(30))));

        try (LazyStart host = open()) {
            serve(host, List.of(new Caller("web")), turn -> host.watcher("web").sleep());
        }

        assertThat(unit.count(method == StopConfig.Method.STOP ? Call.STOP : Call.PAUSE))
                .isGreaterThan(10);
    }

    @Test
    void dependentIsPutToSleep_callersOfBothAreServed() throws Exception {
        ScriptedUnit data = unit("data", 1);
        unit("app", 2);
        service("db", "data", s -> s.idleTimeout(Duration.ZERO));
        service("app", "app", s -> s.idleTimeout(Duration.ZERO).dependsOn("db"));

        try (LazyStart host = open()) {
            serve(host, List.of(new Caller("app", List.of(1)), new Caller("db")), turn -> {
                call(host, new Caller("db"));
                host.watcher("app").sleep();
            });
        }

        assertThat(data.count(Call.STOP)).isGreaterThan(10);
    }

    @Test
    void twoServicesShareAUnit_callersOfBothAreServed() throws Exception {
        ScriptedUnit unit = unit("box", 1);
        service("web", "box", s -> s.idleTimeout(Duration.ZERO));
        service("admin", "box", s -> s.idleTimeout(Duration.ZERO));

        try (LazyStart host = open()) {
            serve(host, List.of(new Caller("web"), new Caller("admin")), turn -> {
                host.watcher("web").sleep();
                host.watcher("admin").sleep();
            });
        }

        assertThat(unit.count(Call.STOP)).isGreaterThan(10);
    }

    @Test
    void healthComesAndGoes_callersAreServedOrToldWhyNot() throws Exception {
        ScriptedUnit unit = unit("box", 1).on(Call.START, () -> become(provider.unit("box"), Health.HEALTHY));
        service(
                "web",
                "box",
                s -> s.backoff(NO_BACKOFF).health(new HealthConfig(ReadyConfig.PROVIDER, Duration.ofHours(1), 1, 1)));

        try (LazyStart host = open()) {
            serve(host, List.of(new Caller("web")), turn -> {
                become(unit, Health.UNHEALTHY);
                become(unit, turn % 3 == 0 ? Health.UNHEALTHY : Health.HEALTHY);
            });
        }

        assertThat(unit.count(Call.STOP)).isGreaterThan(10);
    }

    private static boolean become(ScriptedUnit unit, Health health) {
        unit.health(health);
        unit.tell(UnitEvent.Kind.CHANGED, null, null);
        return true;
    }

    @Test
    void endsByItself_callersAreServedOrToldWhyNot() throws Exception {
        ScriptedUnit unit = unit("box", 1);
        service("web", "box", s -> s.backoff(NO_BACKOFF));

        try (LazyStart host = open()) {
            serve(host, List.of(new Caller("web")), turn -> unit.end(new Exit(0, false, List.of())));
        }

        assertThat(unit.count(Call.START)).isGreaterThan(10);
    }

    @Test
    void configurationChanges_callersAreServed() throws Exception {
        List<ScriptedUnit> units = List.of(unit("box0", 1), unit("box1", 2));
        service("web", "box0", s -> {});

        try (LazyStart host = open()) {
            serve(host, List.of(new Caller("web")), turn -> {
                service("web", "box" + turn / 2 % 2, s -> s.idleTimeout(Duration.ofHours(turn + 1)));
                reload(host);
            });
        }

        assertThat(units).allSatisfy(unit -> assertThat(unit.count(Call.STOP)).isGreaterThan(10));
    }

    @Test
    void allOfThat_callersAreServedOrToldWhyNot() throws Exception {
        List<ScriptedUnit> units = List.of(unit("data", 1), unit("box0", 2), unit("box1", 3));
        Consumer<ServiceConfigBuilder> hasty = s -> s.idleTimeout(Duration.ZERO)
                .backoff(NO_BACKOFF)
                .health(new HealthConfig(ReadyConfig.PROVIDER, Duration.ofHours(1), 1, 1));
        service("db", "data", hasty);
        service("web", "box0", hasty.andThen(s -> s.dependsOn("db")));
        service("admin", "box0", hasty);
        Random random = new Random(7);
        cut = true;

        try (LazyStart host = open()) {
            List<Watcher> watchers =
                    Stream.of("db", "web", "admin").map(host::watcher).toList();
            serve(host, List.of(new Caller("web"), new Caller("admin"), new Caller("db")), turn -> {
                ScriptedUnit unit = units.get(random.nextInt(units.size()));
                Watcher watcher = watchers.get(random.nextInt(watchers.size()));
                switch (random.nextInt(9)) {
                    case 0 -> watcher.sleep();
                    case 1 -> watcher.sleepNow();
                    case 2 -> watcher.wake(Cause.person("test"));
                    case 3 -> watcher.reset();
                    case 4 -> {
                        watcher.pin(random.nextBoolean() ? Pin.READY : Pin.NAPPING);
                        watcher.pin(Pin.NONE);
                    }
                    case 5 -> unit.end(new Exit(1, false, List.of()));
                    case 6 -> unit.startOutside();
                    case 7 -> {
                        become(unit, Health.UNHEALTHY);
                        become(unit, Health.HEALTHY);
                    }
                    default -> {
                        service("admin", "box" + random.nextInt(2), hasty);
                        service("web", "box" + random.nextInt(2), hasty.andThen(s -> s.dependsOn("db")));
                        reload(host);
                    }
                }
            });
        }
    }
}
