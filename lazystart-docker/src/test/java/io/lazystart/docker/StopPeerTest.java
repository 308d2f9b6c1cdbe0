// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.RestartPolicy;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How containers are asked to end. */
@RequiresPeer("docker")
class StopPeerTest {
    private static final Duration AGES = Duration.ofMinutes(5);

    private final Containers containers = new Containers();
    private final Bench bench = Bench.direct();

    StopPeerTest() throws Exception {}

    @AfterEach
    void close() {
        bench.close();
        containers.close();
    }

    @Test
    void stop_imageWantsAnotherSignal_getsThat() throws Exception {
        Unit unit = up("a", Containers.POLITE, "SIGUSR1");

        unit.stop(null, AGES);

        assertThat(containers.output("a")).containsExactly("SIGUSR1");
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.STOPPED, null, new Exit(0, false, List.of())));
    }

    @Test
    void stop_serviceWantsAnotherSignal_getsThat() throws Exception {
        Unit unit = up("a", Containers.POLITE, "SIGUSR1");

        unit.stop("SIGINT", AGES);

        assertThat(containers.output("a")).containsExactly("SIGINT");
    }

    @Test
    void stop_noSuchSignal_saysSoAndRunsOn() throws Exception {
        Unit unit = up("a", Containers.POLITE, null);

        assertThatThrownBy(() -> unit.stop("SIGNOSUCH", AGES))
                .isInstanceOf(ProviderException.class)
                .hasMessage("signal SIGNOSUCH: " + Containers.name("a") + ": Invalid signal: SIGNOSUCH");
        assertThat(unit.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void stop_paused_endsPolitely() throws Exception {
        Unit unit = up("a", Containers.POLITE, null);
        unit.pause();

        unit.stop("SIGINT", AGES);

        assertThat(containers.output("a")).containsExactly("SIGINT");
    }

    @Test
    void stop_restartPolicy_staysStopped() throws Exception {
        containers.create(
                "a",
                Containers.POLITE,
                command -> command.withHostConfig(
                        command.getHostConfig().withRestartPolicy(RestartPolicy.alwaysRestart())));
        Unit unit = bench.unit("a");
        unit.start();
        containers.awaitUp("a");

        unit.stop(null, AGES);

        assertThat(containers.state("a").getStatus()).isEqualTo("exited");
    }

    @Test
    void stop_restartPolicy_byASignalThatIsNotItsOwn_isOverLongBeforeTheTimeout() throws Exception {
        containers.create(
                "a",
                Containers.POLITE,
                command -> command.withStopSignal("SIGUSR1")
                        .withHostConfig(command.getHostConfig().withRestartPolicy(RestartPolicy.alwaysRestart())));
        Unit unit = bench.unit("a");
        unit.start();
        containers.awaitUp("a");
        long began = System.nanoTime();

        unit.stop("SIGINT", AGES);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AGES.dividedBy(2));
        assertThat(containers.state("a").getStatus()).isEqualTo("exited");
    }

    @Test
    void pause_notRunning_givesTheEnginesWords() {
        containers.create("a", Containers.POLITE);

        assertThatThrownBy(() -> bench.unit("a").pause())
                .isInstanceOf(ProviderException.class)
                .hasMessageMatching("pause: " + Containers.name("a") + ": Container [0-9a-f]{12} is not running");
    }

    private Unit up(String service, String script, @Nullable String stopSignal) throws Exception {
        containers.create(
                service, script, command -> stopSignal == null ? command : command.withStopSignal(stopSignal));
        Unit unit = bench.unit(service);
        unit.start();
        containers.awaitUp(service);
        return unit;
    }
}
