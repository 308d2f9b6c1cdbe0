// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host whose configuration file changes. */
class ReloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider();
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    private Path write(String services) throws IOException {
        Path file = directory.resolve("lazystart.yaml");
        Path next = directory.resolve("next.yaml");
        Files.writeString(next, "state-directory: " + directory.resolve("state") + "\nservices:\n" + services);
        return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private LazyStartBuilder builder(Path file) {
        return LazyStart.builder().provider(provider).file(file);
    }

    private final class Told implements ReloadListener {
        @Override
        public void onReloaded(Reload reload) {
            told.add(reload);
        }

        @Override
        public void onRefused(LazyStartException refusal) {
            told.add(refusal);
        }
    }

    @Test
    void reload_tellsWhatHasChanged_andHandlesStayValid() throws Exception {
        Path file = write("""
                  web: {scripted: {}, paths: [/web]}
                  api: {scripted: {}, paths: [/api]}
                  old: {scripted: {}, paths: [/old]}
                """);
        try (LazyStart host = builder(file).build()) {
            Watcher web = host.watcher("web");
            HttpGate gate = host.gate("web");
            try (Lease lease = web.acquire(PATIENCE)) {
                write("""
                          web: {scripted: {}, paths: [/web]}
                          api: {scripted: {}, paths: [/api], idle-timeout: 5m}
                          new: {scripted: {}, paths: [/new]}
                        """);

                Reload reload = host.reload();

                assertThat(reload.added()).containsExactly("new");
                assertThat(reload.changed()).containsExactly("api");
                assertThat(reload.removed()).containsExactly("old");
                assertThat(reload).hasToString("added new; changed api; removed old");
                assertThat(host.watcher("web")).isSameAs(web);
                assertThat(host.gate("web")).isSameAs(gate);
                assertThat(web.snapshot().leases()).isOne();
                assertThat(lease.upstream()).isNull();
            }
            host.watcher("new").acquire(PATIENCE).close();
            assertThat(host.config().services()).containsOnlyKeys("web", "api", "new");
            assertThat(host.config().services().get("api").idleTimeout()).isEqualTo(Duration.ofMinutes(5));
            assertThatThrownBy(() -> host.watcher("old"))
                    .isInstanceOf(LazyStartException.class)
                    .hasMessageContaining("old");
        }
    }

    @Test
    void nothingHasChanged_isSaid() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            assertThat(host.reload().isEmpty()).isTrue();
            assertThat(host.reload()).hasToString("no service has changed");
        }
    }

    @Test
    void badFile_changesNothingAndSaysWhere() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            Watcher web = host.watcher("web");
            LazyStartConfig before = host.config();
            write("  web:\n    scripted: {}\n    idle-timeout: soon\n  api: {scripted: {}}\n");

            assertThatThrownBy(host::reload)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(file + ":5: services.web.idle-timeout: soon (expected:");

            assertThat(host.config()).isSameAs(before);
            web.acquire(PATIENCE).close();
            assertThat(web.snapshot().status()).isEqualTo(Status.READY);
        }
    }

    @Test
    void unknownProvider_changesNothing() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            write("  api: {process: {command: [a]}}\n  web: {docker: {}}\n");

            assertThatThrownBy(host::reload).isInstanceOf(ConfigException.class);

            assertThat(host.config().services()).containsOnlyKeys("web");
            host.watcher("web").acquire(PATIENCE).close();
        }
    }

    @Test
    void refusedByTheProvider_theOneThatWasOpenedForItIsClosedAgain() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            write("  web: {scripted: {}}\n  api: {process: {command: [a], colour: red}}\n");
            assertThatThrownBy(host::reload)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("services.api.process.colour");

            write("  web: {scripted: {}}\n  api: {process: {command: [a]}}\n");
            assertThat(host.reload().added()).containsExactly("api"); // the state directory is not locked by the first
        }
    }

    @Test
    void stateDirectory_cannotBeChanged() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            Files.writeString(file, "state-directory: /elsewhere\nservices:\n  web: {scripted: {}}\n");

            assertThatThrownBy(host::reload)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("state-directory: /elsewhere (expected: " + directory.resolve("state")
                            + " until the host is started anew)");
        }
    }

    @Test
    void validator_isAskedAgain() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file)
                .validator(config -> {
                    if (config.services().size() > 1) {
                        throw new ConfigException("services", "2 (expected: one)");
                    }
                })
                .build()) {
            write("  web: {scripted: {}}\n  api: {scripted: {}}\n");

            assertThatThrownBy(host::reload).hasMessageContaining("services: 2 (expected: one)");
            assertThat(host.config().services()).hasSize(1);
        }
    }

    @Test
    void hostInCode_isGivenAnotherConfiguration() throws Exception {
        try (LazyStart host = LazyStart.builder()
                .stateDirectory(directory.resolve("state"))
                .provider(provider)
                .service("web", service -> service.unit("scripted", Map.of()))
                .build()) {
            LazyStartConfig now = host.config();
            LazyStartConfig next = LazyStartConfig.of(
                    now.stateDirectory(),
                    now.portRange(),
                    now.limits(),
                    Map.of(
                            "web",
                            new ServiceConfigBuilder()
                                    .unit("scripted", Map.of())
                                    .idleTimeout(Duration.ofSeconds(7))));

            assertThat(host.reload(next).changed()).containsExactly("web");
            assertThatThrownBy(host::reload).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closedHost_isNotReloaded() throws Exception {
        LazyStart host = builder(write("  web: {scripted: {}}\n")).build();
        host.close();

        assertThatThrownBy(host::reload).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void reloadOnChange_withoutFile_isRefused() {
        LazyStartBuilder builder = LazyStart.builder().provider(provider).reloadOnChange(new Told());

        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void changedFile_isTakenInByItself_alsoAfterOneThatWasRefused() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).reloadOnChange(new Told()).build()) {
            write("  web: {scripted: {}, nonsense: 1}\n");
            Object refused = told.poll(20, TimeUnit.SECONDS);
            write("  web: {scripted: {}}\n  api: {scripted: {}}\n");
            Object taken = told.poll(20, TimeUnit.SECONDS);

            assertThat(refused).isInstanceOf(ConfigException.class);
            assertThat(taken).hasToString("added api");
            host.watcher("api").acquire(PATIENCE).close();
        }
    }

    @Test
    void burstOfChanges_isOne_andAFileThatIsGoneIsRefused() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        Path file = write("a");
        int[] changes = {0};
        try (FileWatch watch = new FileWatch(file, FileWatch.look(file), time, Runnable::run, () -> ++changes[0] > 0)) {
            time.advance(Duration.ofSeconds(5));
            assertThat(changes[0]).isZero();

            for (int i = 0; i < 10; i++) {
                write("a".repeat(i + 2));
                time.advance(Duration.ofMillis(500));
            }
            assertThat(changes[0]).isZero();
            time.advance(Duration.ofMillis(500));
            assertThat(changes[0]).isOne();

            Files.delete(file);
            time.advance(Duration.ofSeconds(5));
            assertThat(changes[0]).isEqualTo(2);
            watch.close();
            write("another");
            time.advance(Duration.ofSeconds(5));
            assertThat(changes[0]).isEqualTo(2);
        }
    }

    @Test
    void refusedChange_isTriedAgainWithoutAnother_untilItIsTakenIn() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        Path file = write("a");
        int[] tries = {0};
        try (FileWatch watch = new FileWatch(file, FileWatch.look(file), time, Runnable::run, () -> ++tries[0] > 2)) {
            write("bb");
            time.advance(Duration.ofSeconds(1));
            assertThat(tries[0]).isOne();

            time.advance(Duration.ofSeconds(9));
            assertThat(tries[0]).isOne();
            time.advance(Duration.ofSeconds(60));

            assertThat(tries[0]).isEqualTo(3);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void refusedForWhatIsNotInTheFile_isTakenInOnceThatIsMended_andToldOnce() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        Path file = write("  web: {scripted: {}}\n");
        AtomicBoolean away = new AtomicBoolean(true);
        BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
        try (LazyStart host = builder(file)
                .validator(config -> {
                    asked.add(config.services().size());
                    if (away.get() && config.services().size() > 1) {
                        throw new ConfigException("services", "2 (expected: one)");
                    }
                })
                .reloadOnChange(new Told())
                .ticker(ticker)
                .scheduler(time)
                .build()) {
            assertThat(next(asked, time)).isEqualTo(1);
            write("  web: {scripted: {}}\n  api: {scripted: {}}\n");
            assertThat(next(told, time)).isInstanceOf(ConfigException.class);
            for (int tries = 0; tries < 4; tries++) {
                assertThat(next(asked, time)).isEqualTo(2);
            }
            assertThat(told).isEmpty();

            away.set(false);

            assertThat(next(told, time)).hasToString("added api");
            host.watcher("api").acquire(PATIENCE).close();
        }
    }

    /** What comes next while time goes by. */
    private static <T> T next(BlockingQueue<T> queue, VirtualScheduler time) throws InterruptedException {
        T next = null;
        for (long end = System.nanoTime() + PATIENCE.toNanos(); next == null && System.nanoTime() - end < 0; ) {
            time.advance(Duration.ofMillis(500));
            next = queue.poll(1, TimeUnit.MILLISECONDS);
        }
        return Objects.requireNonNull(next, "nothing came");
    }

    @Test
    void changeThatThrows_isNotTheLastThatIsNoticed() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        Path file = write("a");
        int[] changes = {0};
        BooleanSupplier broken = () -> {
            changes[0]++;
            throw new IllegalStateException("broken listener");
        };
        try (FileWatch watch = new FileWatch(file, FileWatch.look(file), time, Runnable::run, broken)) {
            write("bb");
            time.advance(Duration.ofSeconds(2));
            write("ccc");
            time.advance(Duration.ofSeconds(2));

            assertThat(changes[0]).isEqualTo(2);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void changeThatThrows_isTriedAgainWithoutAnother() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        Path file = write("a");
        int[] tries = {0};
        BooleanSupplier brokenOnce = () -> {
            if (++tries[0] == 1) {
                throw new IllegalStateException("broken");
            }
            return true;
        };
        try (FileWatch watch = new FileWatch(file, FileWatch.look(file), time, Runnable::run, brokenOnce)) {
            write("bb");
            time.advance(Duration.ofSeconds(1));
            assertThat(tries[0]).isOne();

            time.advance(Duration.ofSeconds(60));

            assertThat(tries[0]).isEqualTo(2);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void listenerThatThrows_theFileIsTriedAgainUntilItIsTakenIn_andSoIsTheNext() throws Exception {
        FakeTicker ticker = new FakeTicker();
        VirtualScheduler time = new VirtualScheduler(ticker);
        Path file = write("  web: {scripted: {}}\n");
        AtomicBoolean away = new AtomicBoolean(true);
        BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
        ReloadListener broken = new ReloadListener() {
            @Override
            public void onReloaded(Reload reload) {
                told.add(reload);
                throw new IllegalStateException("broken listener");
            }

            @Override
            public void onRefused(LazyStartException refusal) {
                told.add(refusal);
                throw new IllegalStateException("broken listener");
            }
        };
        try (LazyStart host = builder(file)
                .validator(config -> {
                    asked.add(config.services().size());
                    if (away.get() && config.services().size() > 1) {
                        throw new ConfigException("services", "2 (expected: one)");
                    }
                })
                .reloadOnChange(broken)
                .ticker(ticker)
                .scheduler(time)
                .build()) {
            assertThat(next(asked, time)).isEqualTo(1);
            write("  web: {scripted: {}}\n  api: {scripted: {}}\n");
            assertThat(next(told, time)).isInstanceOf(ConfigException.class);
            assertThat(next(asked, time)).isEqualTo(2);
            assertThat(next(asked, time)).isEqualTo(2);

            away.set(false);
            assertThat(next(told, time)).hasToString("added api");
            host.watcher("api").acquire(PATIENCE).close();
            asked.clear();
            write("  web: {scripted: {}}\n");

            assertThat(next(asked, time)).isEqualTo(1);
            assertThat(next(told, time)).hasToString("removed api");
        }
    }

    @Test
    void anotherReadiness_isAskedAtOnce_alsoByTheWakeThatIsUnderWay() throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        HttpServer application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            exchange.sendResponseHeaders(path.equals("/new") ? 204 : 404, -1);
            exchange.close();
            asked.add(path);
        });
        application.start();
        provider.unit("web").listensOn(application.getAddress().getPort());
        Path file = write("  web: {scripted: {}, ready: {http: /old}}\n");
        try (LazyStart host = builder(file).build()) {
            CompletableFuture<Lease> caller = host.watcher("web")
                    .acquire(WakeRequest.of(Cause.person("test")))
                    .toCompletableFuture();
            assertThat(asked.poll(20, TimeUnit.SECONDS)).isEqualTo("/old");
            assertThat(caller).isNotDone();

            write("  web: {scripted: {}, ready: {http: /new}}\n");
            host.reload();

            caller.get(20, TimeUnit.SECONDS).close();
            assertThat(provider.unit("web").count(Call.START)).isOne();
        } finally {
            application.stop(0);
        }
    }

    @Test
    void providerTakesItsTimeToOpen_otherServicesAreServedAndTheirEventsHeard() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        ProviderFactory slow = new ProviderFactory() {
            @Override
            public String type() {
                return "slow";
            }

            @Override
            public Provider create(ProviderContext context) {
                opening.countDown();
                try {
                    mayOpen.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return new ScriptedProvider();
            }
        };
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).provider(slow).build()) {
            Watcher web = host.watcher("web");
            BlockingQueue<WakeEvent.Type> heard = new LinkedBlockingQueue<>();
            web.acquire(PATIENCE).close();
            write("  web: {scripted: {}}\n  api: {slow: {}}\n");
            CompletableFuture<Reload> reload = CompletableFuture.supplyAsync(host::reload);
            try {
                assertThat(opening.await(20, TimeUnit.SECONDS)).isTrue();
                web.subscribe(
                        event -> {
                            if (!event.snapshot() && event.type() == WakeEvent.Type.NAPPING) {
                                heard.add(event.type());
                            }
                        },
                        Runnable::run);

                provider.unit("web").end(new Exit(0, false, List.of()));

                assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(WakeEvent.Type.NAPPING);
                host.watcher("web").acquire(PATIENCE).close();
                assertThat(reload).isNotDone();
            } finally {
                mayOpen.countDown();
            }
            assertThat(reload.get(20, TimeUnit.SECONDS).added()).containsExactly("api");
        }
    }

    @Test
    void addedWhileEventsAreLost_isStaleUntilTheyAreHeard() throws Exception {
        Path file = write("  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            provider.lose();
            write("  web: {scripted: {}}\n  api: {scripted: {}}\n");
            host.reload();
            assertThat(host.watcher("web").snapshot().stale()).isTrue();
            assertThat(host.watcher("api").snapshot().stale()).isTrue();

            provider.resync();

            assertThat(host.watcher("api").snapshot().stale()).isFalse();
        }
    }
}
