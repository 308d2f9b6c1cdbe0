// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Pin;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a service does by another configuration that it did by the former. */
class ChangedServiceTest {
    private static final Exit DIED = new Exit(3, false, List.of());

    private final ReloadHarness host = new ReloadHarness();

    private static Consumer<ServiceConfigBuilder> at(String upstream) {
        return service -> service.health(HealthConfig.TCP).upstream(upstream);
    }

    @Test
    void anotherUpstream_healthIsAskedThere() {
        host.unit("one").listensOn(8080);
        host.load(plan().service("web", "one", at("http://127.0.0.1:1111")));
        host.acquire("web").join().close();
        host.time.advance(ofSeconds(25));
        assertThat(host.probed).contains("web http://127.0.0.1:1111");

        host.load(plan().service("web", "one", at("http://127.0.0.1:2222")));
        host.acquire("web").join().close();
        host.probed.clear();
        host.time.advance(ofSeconds(25));
        assertThat(host.probed).isNotEmpty().containsOnly("web http://127.0.0.1:2222");

        host.probed.clear();
        assertThat(host.watcher("web").check()).isNotNull();
        host.time.runDue();
        assertThat(host.probed).containsExactly("web http://127.0.0.1:2222");
    }

    private static Consumer<ServiceConfigBuilder> restart(ServiceConfig.Restart restart) {
        return service -> service.restart(restart);
    }

    @Test
    void restartNever_whileAPinnedServiceBacksOff_itIsStartedAllTheSame() {
        host.load(plan().service("web", "one", restart(ServiceConfig.Restart.ALWAYS)));
        host.watcher("web").pin(Pin.READY);
        host.time.runDue();
        host.unit("one").end(DIED);
        host.time.advance(ofSeconds(1));
        host.unit("one").end(DIED);
        host.time.runDue();
        assertThat(host.status("web")).isEqualTo(Status.ERROR);
        int starts = host.unit("one").count(Call.START);

        host.load(plan().service("web", "one", restart(ServiceConfig.Restart.NEVER)));
        host.time.advance(ofMinutes(10));

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(host.unit("one").count(Call.START)).isEqualTo(starts + 1);
    }
}
