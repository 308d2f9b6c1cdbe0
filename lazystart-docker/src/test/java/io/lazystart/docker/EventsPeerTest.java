// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.HealthCheck;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine's events mean, what is no end, and what a break of the stream must not lose. */
@RequiresPeer("docker")
class EventsPeerTest {
    private static final long HEALTH_INTERVAL = Duration.ofMillis(50).toNanos();

    @TempDir
    private Path folder;

    private final Containers containers = new Containers();
    private Forwarder forwarder;
    private Bench bench;

    EventsPeerTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        Path socket = folder.resolve("engine.sock");
        forwarder = Forwarder.at(socket, Containers.SOCKET);
        bench = new Bench("unix://" + socket);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
        containers.close();
        forwarder.close();
    }

    @Test
    void start_ownEventIsHeard_isLookedAtOnce() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        unit.status();
        long before = looks();

        String run = unit.start();

        assertThat(bench.await(unit, Kind.STARTED, 1).run()).isEqualTo(run).isNotNull();
        assertThat(looks()).isEqualTo(before + 1);
    }

    @Test
    void start_ownEventIsNotHeard_looksForItself() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        unit.status();
        forwarder.cut(request -> request.contains("/events"));
        Bench.eventually().until(() -> bench.losses.get() == 1);

        String run = unit.start();

        assertThat(run).isNotNull().isEqualTo(unit.status().run());
    }

    @Test
    void stopOutside_tellsHowItEnded() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        String run = unit.start();
        containers.awaitUp("a");

        containers.kill("a");

        UnitEvent end = bench.await(unit, Kind.ENDED, 1);
        assertThat(end.run()).isEqualTo(run);
        assertThat(end.exit()).isEqualTo(new Exit(137, false, List.of()));
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.STOPPED, null, end.exit()));
    }

    @Test
    void signal_thatDoesNotEndIt_isNoEnd() throws Exception {
        containers.create("a", "trap 'echo HUP' HUP; while :; do sleep 100 & wait $!; done");
        Unit unit = bench.unit("a");
        unit.start();
        containers.awaitUp("a");

        containers.signal("a", "SIGHUP");
        Bench.eventually().until(() -> containers.output("a").contains("HUP"));
        unit.pause(); // told after whatever the signal would have been told as

        bench.await(unit, Kind.CHANGED, 1);
        assertThat(bench.of(unit, Kind.ENDED)).isEmpty();
    }

    @Test
    void createdAnewUnderItsName_isAnotherRun_andTheOldOnesEndIsNotTheNewOnes() throws Exception {
        String old = containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        String first = unit.start();
        containers.rename("a", "old");

        containers.create("a", Containers.POLITE);
        String second = unit.start();
        containers.remove(old);

        UnitEvent start = bench.await(unit, Kind.STARTED, 2);
        assertThat(second).isEqualTo(start.run()).isNotEqualTo(first);
        Unit renamed = bench.unit("old");
        Bench.eventually().until(() -> renamed.status().run() == null);
        assertThat(bench.of(unit, Kind.ENDED)).allMatch(end -> first.equals(end.run()));
        assertThat(unit.status().run()).isEqualTo(second);
    }

    @Test
    void removedWhileItRuns_isTheEndOfItsRun() throws Exception {
        String id = containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        String run = unit.start();

        containers.remove(id);

        assertThat(bench.await(unit, Kind.ENDED, 1).run()).isEqualTo(run);
        assertThat(unit.status()).isEqualTo(new UnitStatus(State.STOPPED, null, null));
    }

    @Test
    void health_isToldWhenItChanges() throws Exception {
        containers.create(
                "a",
                Containers.POLITE,
                command -> command.withHealthcheck(new HealthCheck()
                        .withTest(List.of("CMD-SHELL", "[ -e /tmp/well ]"))
                        .withInterval(HEALTH_INTERVAL)
                        .withRetries(2)));
        Unit unit = bench.unit("a");
        unit.start();

        int before = bench.of(unit, Kind.CHANGED).size(); // it may have heard that it was created

        assertThat(unit.health()).isIn(Health.STARTING, Health.UNHEALTHY);
        bench.await(unit, Kind.CHANGED, before + 1);
        Bench.eventually().until(() -> unit.health() == Health.UNHEALTHY);
        int unwell = bench.of(unit, Kind.CHANGED).size();
        containers.run("a", "touch", "/tmp/well");
        bench.await(unit, Kind.CHANGED, unwell + 1);
        assertThat(unit.health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void health_nobodyLooks_isNone() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        unit.start();

        assertThat(unit.health()).isEqualTo(Health.NONE);
        assertThat(bench.unit("none").health()).isEqualTo(Health.NONE);
    }

    @Test
    void streamCutForAWhile_isToldAndWhatHappenedMeanwhileToo() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        String run = unit.start();
        bench.await(unit, Kind.STARTED, 1);
        int opened = streams();

        forwarder.cut(request -> request.contains("/events"));
        Bench.eventually().until(() -> bench.losses.get() == 1);
        containers.kill("a");
        Bench.eventually().until(() -> streams() >= opened + 3);
        forwarder.mend();
        long mended = System.nanoTime();

        UnitEvent end = bench.await(unit, Kind.ENDED, 1);
        assertThat(Duration.ofNanos(System.nanoTime() - mended)).isLessThan(Duration.ofSeconds(2));
        assertThat(end.run()).isEqualTo(run);
        assertThat(bench.losses.get()).isEqualTo(1);
        assertThat(bench.resyncs.get()).isEqualTo(1);
        assertThat(bench.of(unit, Kind.STARTED)).hasSize(1);
    }

    @Test
    void streamCutForLong_isBackWithinASecond() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        unit.start();
        bench.await(unit, Kind.STARTED, 1);
        int opened = streams();

        forwarder.cut(request -> request.contains("/events"));
        containers.kill("a");
        Bench.eventually().until(() -> streams() >= opened + 6); // the pauses do not grow any more
        forwarder.mend();
        long mended = System.nanoTime();

        Bench.eventually().until(() -> bench.resyncs.get() == 1);
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
        assertThat(Duration.ofNanos(System.nanoTime() - mended)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void eventThatCannotBeLookedInto_isToldVaguely_andThoseBehindItCome() throws Exception {
        containers.create("a", Containers.POLITE);
        containers.create("b", Containers.POLITE);
        Unit hangs = bench.unit("a");
        Unit other = bench.unit("b");

        try (Forwarder.Hold hold =
                forwarder.hold(request -> request.contains("/json") && !request.contains(Containers.name("b")))) {
            containers.start("a");
            hold.awaitReached();
            containers.start("b");

            assertThat(bench.await(hangs, Kind.STARTED, 1).run()).isNull();
            bench.await(other, Kind.STARTED, 1);
        }
    }

    private long looks() {
        return forwarder.requests().stream()
                .filter(request -> request.contains("/json"))
                .count();
    }

    private int streams() {
        return (int) forwarder.requests().stream()
                .filter(request -> request.contains("/events"))
                .count();
    }
}
