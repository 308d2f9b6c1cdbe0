// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One container that services name in two ways. */
@RequiresPeer("docker")
class NameAndIdPeerTest {
    private final Containers containers = new Containers();
    private final Bench bench = Bench.direct();

    NameAndIdPeerTest() throws Exception {}

    @AfterEach
    void close() {
        bench.close();
        containers.close();
    }

    @Test
    void id_wholeAndShort_isOneUnit() throws Exception {
        String id = containers.create("a", Containers.POLITE);

        Unit whole = byId(id);
        Unit brief = byId(shortened(id));

        assertThat(brief.id()).isEqualTo(whole.id());
        brief.start();
        assertThat(whole.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void idAfterName_failsWhateverItIsAskedFor_andHarmsNothing() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        Unit first = bench.unit("a");
        String run = first.start();
        Unit later = byId(id);
        List<ThrowingCallable> calls = List.of(
                later::status,
                later::start,
                () -> later.stop(null, Duration.ZERO),
                later::kill,
                later::pause,
                later::unpause,
                later::health,
                later::address);

        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(ProviderException.class)
                        .hasMessage("container " + shortened(id) + ": it is the container \"" + Containers.name("a")
                                + "\", which another service names so (expected: one name for it everywhere)"));

        assertThat(first.status().run()).isEqualTo(run);
    }

    @Test
    void nameAfterId_fails() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        byId(id).status();

        assertThatThrownBy(bench.unit("a")::start)
                .hasMessageStartingWith(
                        "container " + Containers.name("a") + ": it is the container \"" + shortened(id) + "\"");

        assertThat(containers.state("a").getRunning()).isFalse();
    }

    @Test
    void later_isNotToldThatItRuns() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        Unit first = bench.unit("a");
        Unit later = byId(id);
        first.status();

        containers.start("a");
        containers.kill("a");

        bench.await(first, Kind.ENDED, 1);
        bench.await(later, Kind.CHANGED, 2);
        assertThat(bench.of(later, Kind.STARTED)).isEmpty();
        assertThat(bench.of(later, Kind.ENDED)).isEmpty();
    }

    @Test
    void renamed_isTheLaterOnes() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        Unit first = bench.unit("a");
        String run = first.start();
        Unit later = byId(id);

        containers.rename("a", "elsewhere");

        assertThat(later.status().run()).isEqualTo(run);
        assertThat(first.status().state()).isEqualTo(State.STOPPED);
        assertThatThrownBy(bench.unit("elsewhere")::status).isInstanceOf(ProviderException.class);
    }

    @Test
    void createdAnew_theNameHasTheNewOne() throws Exception {
        String old = containers.create("a", Containers.POLITE);
        byId(old).status();
        Unit byName = bench.unit("a");
        assertThatThrownBy(byName::status).isInstanceOf(ProviderException.class);

        containers.create("a", Containers.POLITE);

        assertThat(byName.start()).isNotNull();
        assertThat(byId(old).status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void nameIsReleased_isTheIdsOwn() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        Unit first = bench.unit("a");
        first.status();
        Unit later = byId(id);

        bench.provider.released(first.id());

        assertThat(later.start()).isNotNull();
        bench.await(later, Kind.STARTED, 1);
    }

    @Test
    void nameIsReleasedInALook_isTheIdsOwn(@TempDir Path folder) throws Exception {
        String id = containers.create("a", Containers.POLITE);
        Path socket = folder.resolve("engine.sock");
        try (Forwarder forwarder = Forwarder.at(socket, Containers.SOCKET);
                Bench held = new Bench("unix://" + socket)) {
            Unit first = held.unit("a");
            FutureTask<UnitStatus> look = new FutureTask<>(first::status);
            try (Forwarder.Hold hold = forwarder.hold(request -> request.contains(Containers.name("a") + "/json"))) {
                new Thread(look, "caller").start();
                hold.awaitReached();

                held.provider.released(first.id());
            }

            assertThat(look.get(10, TimeUnit.SECONDS).state()).isEqualTo(State.STOPPED);
            assertThat(held.unit("by-id", Map.of("container", id)).start()).isNotNull();
        }
    }

    private Unit byId(String id) {
        return bench.unit("by-id", Map.of("container", id));
    }

    private static String shortened(String id) {
        return id.substring(0, 12);
    }
}
