// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.DependencyConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.WakeException;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entry: discovery, registry, refusals, close. */
class LazyStartTest {
    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider();

    private LazyStartBuilder builder() {
        return LazyStart.builder().stateDirectory(directory).provider(provider);
    }

    @Test
    void namedService_isWokenAndStoppedOnClose() throws Exception {
        try (LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {
            Lease lease = lazyStart.watcher("notes").acquire(Duration.ofSeconds(10));

            assertThat(lazyStart.watcher("notes").snapshot().status()).isEqualTo(Status.READY);
            lease.close();
        }

        assertThat(provider.unit("notes").calls()).startsWith(Call.START);
        assertThat(provider.isClosed()).isTrue();
    }

    @Test
    void check_opensTheProviderAndTouchesNoUnit() {
        LazyStartConfig config =
                builder().service("notes", s -> s.unit("scripted", Map.of())).check();

        assertThat(config.services()).containsOnlyKeys("notes");
        assertThat(provider.unit("notes").calls()).isEmpty();
        assertThat(provider.isClosed()).isTrue();
    }

    @Test
    void close_endsItsThreads() throws Exception {
        LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build();
        lazyStart.watcher("notes").acquire(Duration.ofSeconds(10)).close();
        Set<Thread> own = threads();
        assertThat(own).isNotEmpty();

        lazyStart.close();

        for (Thread thread : own) {
            thread.join(10_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    @Test
    void restart_keepsTheLearnedStartTime() throws Exception {
        try (LazyStart first =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {
            first.watcher("notes").acquire(Duration.ofSeconds(10)).close();
        }

        try (LazyStart second =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {

            assertThat(second.watcher("notes").snapshot().estimate()).isNotNull();
        }
    }

    @Test
    void neverWoken_theStateDirectoryIsNotMade() {
        Path state = directory.resolve("state");

        LazyStart.builder()
                .stateDirectory(state)
                .provider(provider)
                .service("notes", s -> s.unit("scripted", Map.of()))
                .build()
                .close();

        assertThat(state).doesNotExist();
    }

    @Test
    void startTimesNotKept_nothingIsReadOrWritten() throws Exception {
        Path state = Files.createDirectory(directory.resolve("state"));
        Path file = Files.writeString(state.resolve("start-times.json"), "not read");

        try (LazyStart lazyStart = LazyStart.builder()
                .stateDirectory(state)
                .keepStartTimes(false)
                .provider(provider)
                .service("notes", s -> s.unit("scripted", Map.of()))
                .build()) {
            lazyStart.watcher("notes").acquire(Duration.ofSeconds(10)).close();
            assertThat(lazyStart.watcher("notes").snapshot().estimate()).isNotNull();
        }

        assertThat(file).hasContent("not read");
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lazystart-"))
                .collect(Collectors.toSet());
    }

    @Test
    void afterClose_callersAndChecksAreAnswered() throws Exception {
        LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build();
        lazyStart.close();

        var check = lazyStart.watcher("notes").check().toCompletableFuture();

        assertThatThrownBy(() -> lazyStart.watcher("notes").acquire(Duration.ofSeconds(10)))
                .isInstanceOf(WakeException.class)
                .hasMessageContaining("closing");
        assertThat(check.get(10, TimeUnit.SECONDS).status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void blockingAcquire_isHeldBackByBackOff() {
        provider.unit("notes").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        try (LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> lazyStart.watcher("notes").acquire(Duration.ofSeconds(10)))
                        .hasMessageContaining("broken");
            }
        }

        assertThat(provider.unit("notes").count(Call.START)).isEqualTo(1);
    }

    @Test
    void idleVetoForAnUnknownService_isRefusedWithNearNames() {
        assertThatThrownBy(() -> builder()
                        .service("notes", s -> s.unit("scripted", Map.of()))
                        .idleVeto("nots", service -> true)
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("idleVeto: nots (did you mean: notes)");
    }

    @Test
    void idleVetoOfOneService_keepsThatOneAwake() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        CountDownLatch slept = new CountDownLatch(1);
        try (LazyStart lazyStart = builder()
                .service("notes", s -> s.unit("scripted", Map.of()).idleTimeout(Duration.ZERO))
                .service("wiki", s -> s.unit("scripted", Map.of()).idleTimeout(Duration.ZERO))
                .idleVeto("notes", service -> {
                    asked.countDown();
                    return true;
                })
                .build()) {
            provider.unit("wiki").on(Call.STOP, () -> {
                slept.countDown();
                return null;
            });
            lazyStart.watcher("wiki").acquire(Duration.ofSeconds(10)).close();
            lazyStart.watcher("notes").acquire(Duration.ofSeconds(10)).close();

            assertThat(slept.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lazyStart.watcher("notes").snapshot().status()).isEqualTo(Status.READY);
        }
    }

    @Test
    void circuitOpens_theHostIsTold() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        try (LazyStart lazyStart = builder()
                .service(
                        "notes",
                        s -> s.unit("scripted", Map.of())
                                .backoff(new BackoffConfig(
                                        Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO, 1)))
                .circuitListener((service, failures, reason) -> {
                    assertThat(service).isEqualTo("notes");
                    assertThat(failures).isEqualTo(1);
                    told.countDown();
                })
                .build()) {
            provider.unit("notes").on(Call.START, () -> {
                throw new IllegalStateException("broken");
            });

            lazyStart.watcher("notes").wake(Cause.request("GET /"));

            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void busyForANegativeTime_isRefused() {
        try (LazyStart lazyStart =
                builder().service("notes", s -> s.unit("scripted", Map.of())).build()) {
            assertThatThrownBy(() -> lazyStart.busy("notes", Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("ttl: PT-1S (expected: zero or more)");
            assertThatThrownBy(() -> lazyStart.busy("nots", Duration.ofSeconds(1)))
                    .hasMessageContaining("did you mean: notes");
        }
    }

    @Test
    void close_stopsDependentsBeforeWhatTheyDependOn() throws Exception {
        List<String> stops = new CopyOnWriteArrayList<>();
        for (String name : List.of("notes", "db", "disk")) {
            provider.unit(name).on(Call.STOP, () -> stops.add(name));
        }
        try (LazyStart lazyStart = builder()
                .service("disk", s -> s.unit("scripted", Map.of()).onClose(OnClose.STOP))
                .service(
                        "db",
                        s -> s.unit("scripted", Map.of()).dependsOn("disk").onClose(OnClose.STOP))
                .service(
                        "notes",
                        s -> s.unit("scripted", Map.of()).dependsOn("db").onClose(OnClose.STOP))
                .build()) {
            assertThat(lazyStart.watcher("notes").acquire(Duration.ofSeconds(10)))
                    .isNotNull();
        }

        assertThat(stops).containsExactly("notes", "db", "disk");
    }

    @Test
    void group_isServedOverItsMembers() throws Exception {
        try (LazyStart lazyStart = builder()
                        .service("shop", s -> s.dependsOn("web", "worker"))
                        .service("web", s -> s.unit("scripted", Map.of()))
                        .service("worker", s -> s.unit("scripted", Map.of()))
                        .build();
                Lease lease = lazyStart.watcher("shop").acquire(Duration.ofSeconds(10))) {
            assertThat(lease.upstream()).isNull();
            assertThat(lazyStart.watcher("web").snapshot().status()).isEqualTo(Status.READY);
            assertThat(lazyStart.watcher("worker").snapshot().leases()).isEqualTo(1);
        }
    }

    @Test
    void interruptedAtTheMomentTheyAreServed_leaveNoLeaseOpenAndTheServiceSleeps() throws Exception {
        try (LazyStart lazyStart = builder()
                .service("notes", s -> s.unit("scripted", Map.of()).idleTimeout(Duration.ofMillis(20)))
                .build()) {
            Watcher notes = lazyStart.watcher("notes");
            notes.acquire(Duration.ofSeconds(10)).close();

            for (int i = 0; i < 5_000; i++) {
                Thread.currentThread().interrupt();
                try {
                    notes.acquire(Duration.ofSeconds(10)).close();
                } catch (InterruptedException e) {
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                }
            }

            Thread.interrupted();
            CountDownLatch asleep = new CountDownLatch(1);
            WakeListener listener = event -> {
                if (event.type() == WakeEvent.Type.NAPPING) {
                    asleep.countDown();
                }
            };
            try (Subscription subscription = notes.subscribe(listener, Runnable::run)) {
                assertThat(asleep.await(10, TimeUnit.SECONDS))
                        .as("%s", notes.snapshot())
                        .isTrue();
                assertThat(subscription).isNotNull();
            }
        }
    }

    @Test
    void twoServicesOnOneUnit_startItOnceAndStopItOnce() throws Exception {
        try (LazyStart lazyStart = builder()
                .service("web", s -> s.unit("scripted", Map.of("unit", "box")).onClose(OnClose.STOP))
                .service("api", s -> s.unit("scripted", Map.of("unit", "box")).onClose(OnClose.STOP))
                .build()) {
            lazyStart.watcher("web").acquire(Duration.ofSeconds(10)).close();
            lazyStart.watcher("api").acquire(Duration.ofSeconds(10)).close();
        }

        assertThat(provider.unit("box").calls()).containsExactly(Call.START, Call.STOP);
    }

    @Test
    void twoServicesOnOneUnit_thatIsAJob_areRefused() {
        DependencyConfig completed =
                new DependencyConfig("migrate", DependencyConfig.Condition.COMPLETED, false, false);

        assertThatThrownBy(() -> builder()
                        .service("web", s -> s.unit("scripted", Map.of()).dependsOn(completed))
                        .service("migrate", s -> s.unit("scripted", Map.of("unit", "box")))
                        .service("other", s -> s.unit("scripted", Map.of("unit", "box")))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services.migrate.scripted: unit box is used by another service too (expected: one of its own,"
                                + " since others need that it has completed)");
    }

    @Test
    void twoServicesOnOneUnit_thatPutItToSleepInTwoWays_areRefused() {
        StopConfig kill = new StopConfig(StopConfig.Method.KILL, null, Duration.ofSeconds(1), Duration.ofSeconds(1));

        assertThatThrownBy(() -> builder()
                        .service("web", s -> s.unit("scripted", Map.of("unit", "box")))
                        .service(
                                "admin",
                                s -> s.unit("scripted", Map.of("unit", "box")).stop(kill))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services.admin.stop: another way to put the unit to sleep (expected: as the service web says,"
                                + " which uses the same unit)");
    }
}
