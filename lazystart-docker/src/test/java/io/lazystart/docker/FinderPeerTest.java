// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that takes the question for a list, and does not answer. */
@RequiresPeer("docker")
class FinderPeerTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final VirtualScheduler scheduler = new VirtualScheduler(new FakeTicker());
    private final Warnings warnings = Warnings.of(Finder.class);
    private final AtomicInteger told = new AtomicInteger();
    private Forwarder forwarder;
    private Engine engine;
    private Finder finder;

    @BeforeEach
    void open() throws Exception {
        Path socket = folder.resolve("engine.sock");
        forwarder = Forwarder.at(socket, Containers.SOCKET);
        engine = new Engine(EngineAddress.socket(socket), null);
        CallLimit limit = new CallLimit(scheduler, LIMIT.toNanos());
        finder = new Finder("docker", engine, Ticker.system(), limit, services -> told.incrementAndGet());
    }

    @AfterEach
    void close() throws Exception {
        finder.close();
        engine.close();
        warnings.close();
        forwarder.close();
    }

    @Test
    void noAnswer_isGivenUp_toldOnce_andAskedAgain() throws Exception {
        try (Forwarder.Hold hold = forwarder.hold(request -> request.contains("/containers/json"))) {
            finder.open();
            hold.awaitReached();

            scheduler.advance(LIMIT);
            awaitLists(2);
            scheduler.advance(LIMIT);
            awaitLists(3);
        }

        Bench.eventually().until(() -> told.get() == 1);
        assertThat(warnings.about(""))
                .containsExactly(engine.address() + ": containers cannot be listed, and none is found meanwhile:"
                        + " no answer (expected: one within 10000 ms)");
    }

    private void awaitLists(int number) {
        Bench.eventually().until(() -> forwarder.requests().size() == number);
    }
}
