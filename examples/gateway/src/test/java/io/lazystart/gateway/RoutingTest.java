// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.LazyStart;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.http.RequestView;
import io.lazystart.netty.Destination;
import io.lazystart.testkit.ScriptedProvider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Routes that are read while another thread changes what is served. */
@Timeout(60)
class RoutingTest {
    @TempDir
    Path directory;

    /** What happens once the configuration has been read, and before the services that it names are looked up. */
    private final AtomicReference<UnaryOperator<LazyStartConfig>> meanwhile =
            new AtomicReference<>(UnaryOperator.identity());

    private LazyStart lazyStart;
    private LazyStartConfig described;

    @BeforeEach
    void open() {
        lazyStart = LazyStart.builder()
                .discoverProviders(false)
                .provider(new ScriptedProvider())
                .stateDirectory(directory)
                .service("steady", service -> service.unit("scripted", Map.of()).paths("/steady"))
                .service("other", service -> service.unit("scripted", Map.of()).paths("/other"))
                .build();
        described = lazyStart.config();
    }

    @AfterEach
    void close() {
        lazyStart.close();
    }

    private Routing routing() {
        return new Routing(lazyStart, () -> meanwhile.get().apply(lazyStart.config()));
    }

    /** Serves these of the services, from now on. */
    private void serve(String... names) {
        Map<String, ServiceConfig> next = new LinkedHashMap<>(described.services());
        next.keySet().retainAll(List.of(names));
        lazyStart.reload(new LazyStartConfig(
                described.stateDirectory(), described.portRange(), described.limits(), described.connections(), next));
    }

    private static Destination find(Routing routing, String target) {
        return routing.find(new Get(target));
    }

    @Test
    void serviceIsRemovedWhileTheRoutesAreRead_theOthersAreRouted() {
        meanwhile.set(config -> {
            serve("steady");
            return config;
        });

        Routing routing = routing();

        assertThat(find(routing, "/other/")).isNull();
        assertThat(find(routing, "/steady/").watcher()).isSameAs(lazyStart.watcher("steady"));
    }

    @Test
    void twoUpdatesAtOnce_theOneThatReadFirstDoesNotWin() throws Exception {
        serve("steady");
        Routing routing = routing();
        Thread later = new Thread(routing::update);
        meanwhile.set(config -> {
            meanwhile.set(UnaryOperator.identity());
            serve("steady", "other");
            later.start();
            awaitHeldUpOrEnded(later);
            return config;
        });

        routing.update();

        later.join();
        assertThat(find(routing, "/other/").watcher()).isSameAs(lazyStart.watcher("other"));
    }

    private static void awaitHeldUpOrEnded(Thread thread) {
        while (thread.getState() != Thread.State.BLOCKED && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    /** A request without a body. */
    private record Get(String target) implements RequestView {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String header(String name) {
            return null;
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1";
        }
    }
}
