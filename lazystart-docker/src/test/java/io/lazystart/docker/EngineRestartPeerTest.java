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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that crashes and comes back, with its containers running on meanwhile. */
@RequiresPeer("docker")
class EngineRestartPeerTest {
    private static final Duration AGES = Duration.ofMinutes(5);

    @TempDir
    private static Path folder;

    private static OwnEngine engine;

    private final Containers containers = new Containers(engine.socket());
    private final Bench bench = new Bench("unix://" + engine.socket());

    EngineRestartPeerTest() throws Exception {}

    @BeforeAll
    static void begin() throws Exception {
        engine = new OwnEngine(folder);
    }

    @AfterEach
    void close() {
        bench.close();
        containers.close();
    }

    @AfterAll
    static void end() throws Exception {
        engine.close();
    }

    @Test
    void idle_runsOnInItsRun_andIsWatchedAgain() throws Exception {
        containers.create("a", Containers.POLITE);
        Unit unit = bench.unit("a");
        String run = unit.start();
        bench.await(unit, Kind.STARTED, 1);

        engine.crash();
        Bench.eventually().until(() -> bench.losses.get() == 1);
        assertThatThrownBy(unit::status)
                .isInstanceOf(ProviderException.class)
                .hasMessage(engine.socket() + ": nobody listens (expected: a running engine)");
        engine.start();
        Bench.eventually().until(() -> bench.resyncs.get() == 1);

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
        containers.kill("a");
        bench.await(unit, Kind.ENDED, 1);
        assertThat(unit.start()).isNotEqualTo(run);
    }

    @Test
    void crashInAStop_stopFails_andTheNextOneDoesIt() throws Exception {
        containers.create("a", Containers.STUBBORN);
        Unit unit = bench.unit("a");
        unit.start();
        containers.awaitUp("a");
        FutureTask<Void> stop = begin(() -> {
            unit.stop(null, AGES);
            return null;
        });
        Bench.eventually().until(() -> containers.output("a").contains("TERM"));

        engine.crash();

        assertThatThrownBy(() -> stop.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ProviderException.class);
        engine.start();
        unit.stop(null, Duration.ofMillis(100));
        assertThat(unit.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void crashInAStart_startFails_andTheNextOneServes() throws Exception {
        containers.create("a", Containers.POLITE);
        Path socket = folder.resolve("forwarder.sock");
        try (Forwarder forwarder = Forwarder.at(socket, engine.socket());
                Bench before = new Bench("unix://" + socket)) {
            Unit unit = before.unit("a");
            FutureTask<String> start;
            try (Forwarder.Hold hold = forwarder.hold(request -> request.contains("/start"))) {
                start = begin(unit::start);
                hold.awaitReached();

                engine.crash();
            }

            assertThatThrownBy(() -> start.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ProviderException.class)
                    .hasMessage(socket + ": ended without an answer (expected: a running engine)");
            engine.start();
            assertThat(unit.start()).isNotNull();
            assertThat(unit.status().state()).isEqualTo(State.RUNNING);
        }
    }

    private static <T> FutureTask<T> begin(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
