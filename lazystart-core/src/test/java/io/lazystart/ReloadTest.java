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
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host whose configuration file changes. */
class ReloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider();

    private LazyStartBuilder builder(Path file) {
        return LazyStart.builder().provider(provider).file(file);
    }

    @Test
    void reload_tellsWhatHasChanged_andHandlesStayValid() throws Exception {
        Path file = ConfigFiles.write(directory, """
                  web: {scripted: {}, paths: [/web]}
                  api: {scripted: {}, paths: [/api]}
                  old: {scripted: {}, paths: [/old]}
                """);
        try (LazyStart host = builder(file).build()) {
            Watcher web = host.watcher("web");
            HttpGate gate = host.gate("web");
            try (Lease lease = web.acquire(PATIENCE)) {
                ConfigFiles.write(directory, """
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
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            assertThat(host.reload().isEmpty()).isTrue();
            assertThat(host.reload()).hasToString("no service has changed");
        }
    }

    @Test
    void badFile_changesNothingAndSaysWhere() throws Exception {
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            Watcher web = host.watcher("web");
            LazyStartConfig before = host.config();
            ConfigFiles.write(directory, "  web:\n    scripted: {}\n    idle-timeout: soon\n  api: {scripted: {}}\n");

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
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            ConfigFiles.write(directory, "  api: {process: {command: [a]}}\n  web: {docker: {}}\n");

            assertThatThrownBy(host::reload).isInstanceOf(ConfigException.class);

            assertThat(host.config().services()).containsOnlyKeys("web");
            host.watcher("web").acquire(PATIENCE).close();
        }
    }

    @Test
    void refusedByTheProvider_theOneThatWasOpenedForItIsClosedAgain() throws Exception {
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {process: {command: [a], colour: red}}\n");
            assertThatThrownBy(host::reload)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("services.api.process.colour");

            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {process: {command: [a]}}\n");
            assertThat(host.reload().added()).containsExactly("api"); // the state directory is not locked by the first
        }
    }

    @Test
    void stateDirectory_cannotBeChanged() throws Exception {
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
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
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file)
                .validator(config -> {
                    if (config.services().size() > 1) {
                        throw new ConfigException("services", "2 (expected: one)");
                    }
                })
                .build()) {
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {scripted: {}}\n");

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
                    now.connections(),
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
        LazyStart host =
                builder(ConfigFiles.write(directory, "  web: {scripted: {}}\n")).build();
        host.close();

        assertThatThrownBy(host::reload).isInstanceOf(IllegalStateException.class);
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
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}, ready: {http: /old}}\n");
        try (LazyStart host = builder(file).build()) {
            CompletableFuture<Lease> caller = host.watcher("web")
                    .acquire(WakeRequest.of(Cause.person("test")))
                    .toCompletableFuture();
            assertThat(asked.poll(20, TimeUnit.SECONDS)).isEqualTo("/old");
            assertThat(caller).isNotDone();

            ConfigFiles.write(directory, "  web: {scripted: {}, ready: {http: /new}}\n");
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
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).provider(slow).build()) {
            Watcher web = host.watcher("web");
            BlockingQueue<WakeEvent.Type> heard = new LinkedBlockingQueue<>();
            web.acquire(PATIENCE).close();
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {slow: {}}\n");
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
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).build()) {
            provider.lose();
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {scripted: {}}\n");
            host.reload();
            assertThat(host.watcher("web").snapshot().stale()).isTrue();
            assertThat(host.watcher("api").snapshot().stale()).isTrue();

            provider.resync();

            assertThat(host.watcher("api").snapshot().stale()).isFalse();
        }
    }
}
