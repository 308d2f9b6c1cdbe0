// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.RestartPolicy;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a caller reads when a container does not come up, or does not stay. */
@RequiresPeer("docker")
class FailurePeerTest {
    /** With much less, some end before the engine looks for their running out of memory, and it never tells. */
    private static final long SMALL = 32L * 1024 * 1024;

    private final Containers containers = new Containers();
    private final Bench bench = Bench.direct();

    FailurePeerTest() throws Exception {}

    @AfterEach
    void close() {
        bench.close();
        containers.close();
    }

    @Test
    void start_endsAtOnce_theEndIsToldWithItsLastLines() throws Exception {
        containers.create("a", "for i in 1 2 3 4 5 6 7 8 9 10 11; do echo line $i; done; exit 7");
        Unit unit = bench.unit("a");

        Exit told = startsAndEnds(unit);

        assertThat(told.code()).isEqualTo(7);
        assertThat(told.output()).hasSize(10).startsWith("line 2").endsWith("line 11");
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.STOPPED, null, told));
    }

    @Test
    void start_endsWithATerminal_theLinesAreWhole() throws Exception {
        containers.create("a", "echo no luck >&2; exit 3", command -> command.withTty(true));

        assertThat(startsAndEnds(bench.unit("a"))).isEqualTo(new Exit(3, false, List.of("no luck")));
    }

    @Test
    void start_endsWell_isNoFailure() throws Exception {
        containers.create("a", "echo done");
        Unit unit = bench.unit("a");

        String run = unit.start();

        UnitEvent end = bench.await(unit, Kind.ENDED, 1);
        assertThat(end.run()).isEqualTo(run);
        assertThat(end.exit()).isEqualTo(new Exit(0, false, List.of()));
    }

    @Test
    void start_commandMissing_saysWhich() {
        containers.create("a", "", command -> command.withCmd("/no/such-command"));

        assertThatThrownBy(() -> bench.unit("a").start())
                .isInstanceOf(ProviderException.class)
                .hasMessageStartingWith("start: " + Containers.name("a") + ": exec: \"/no/such-command\"")
                .hasMessageContaining("no such file or directory")
                .hasMessageNotContaining("unknown");
    }

    @Test
    void start_portTaken_saysWhich() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            containers.create(
                    "a",
                    Containers.POLITE,
                    command -> command.withHostConfig(HostConfig.newHostConfig()
                            .withNetworkMode(containers.network())
                            .withPortBindings(PortBinding.parse("127.0.0.1:" + port + ":8080"))));

            assertThatThrownBy(() -> bench.unit("a").start())
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("address already in use");
            assertThat(bench.unit("a").status().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void start_missing_saysWhoLooked() {
        assertThatThrownBy(() -> bench.unit("none").start())
                .isInstanceOf(ProviderException.class)
                .hasMessage("start: no such container: " + Containers.name("none")
                        + " (expected: one that exists; seen by unix:///var/run/docker.sock)");
    }

    @Test
    void run_outOfMemory_isSaidSo() throws Exception {
        containers.create(
                "a",
                "tail /dev/zero",
                command -> command.withHostConfig(
                        HostConfig.newHostConfig().withMemory(SMALL).withNetworkMode("none")));
        Unit unit = bench.unit("a");

        Exit told = startsAndEnds(unit);

        assertThat(told.outOfMemory()).isTrue();
        assertThat(told.code()).isEqualTo(137);
        assertThat(unit.status().exit()).isEqualTo(told);
    }

    @Test
    void run_secondOne_isNotToldWithTheWordsOfTheFirst() throws Exception {
        containers.create("a", "[ -e /tmp/again ] && exit 5; echo first; : > /tmp/again; exit 4");
        Unit unit = bench.unit("a");
        assertThat(startsAndEnds(unit)).isEqualTo(new Exit(4, false, List.of("first")));

        ProviderException failure = catchThrowableOfType(ProviderException.class, unit::start);

        Exit second = failure == null ? bench.await(unit, Kind.ENDED, 2).exit() : failure.exit();
        assertThat(second.code()).isEqualTo(5);
        assertThat(second.output()).isEmpty();
    }

    @Test
    void restartPolicy_betweenTwoTries_isStoppedAndCanBeStarted() throws Exception {
        Unit unit = failing("a", 4, Containers.POLITE);
        containers.start("a");
        // The engine's pauses double from 100 ms: the fourth is long enough to be found and used.
        Bench.eventually().until(() -> pausesAfter("a", 4));

        UnitStatus pausing = unit.status();
        String run = unit.start();

        assertThat(pausing.state()).isEqualTo(State.STOPPED);
        assertThat(pausing.exit()).isEqualTo(new Exit(9, false, List.of()));
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
    }

    @Test
    void restartPolicy_betweenTwoTries_canBeStopped() throws Exception {
        Unit unit = failing("a", 99, "");
        containers.start("a");
        Bench.eventually().until(() -> pausesAfter("a", 4));

        unit.stop(null, Duration.ofSeconds(5));

        assertThat(containers.state("a").getRestarting()).isFalse();
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    /** A container that the engine restarts, and that fails so many times before it does something else. */
    private Unit failing(String service, int times, String then) {
        String script = "echo x >> /tmp/n; [ $(wc -l < /tmp/n) -le " + times + " ] && exit 9; " + then;
        containers.create(
                service,
                script,
                command -> command.withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode("host")
                        .withRestartPolicy(RestartPolicy.alwaysRestart())));
        return bench.unit(service);
    }

    private boolean pausesAfter(String service, int failures) {
        InspectContainerResponse seen = containers.ask(
                client -> client.inspectContainerCmd(Containers.name(service)).exec());
        return seen.getRestartCount() == failures
                && Boolean.TRUE.equals(seen.getState().getRestarting());
    }

    /** A start that fails carries the end; one that was quicker has it told. */
    private Exit startsAndEnds(Unit unit) throws Exception {
        int before = bench.of(unit, Kind.ENDED).size();
        ProviderException failure = catchThrowableOfType(ProviderException.class, unit::start);
        if (failure != null) {
            assertThat(failure).hasMessageContaining("it ended at once");
            return failure.exit();
        }
        return bench.await(unit, Kind.ENDED, before + 1).exit();
    }
}
