// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.event.Status;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where callers are sent, and who answers there. */
class UpstreamOfAUnitTest {
    @Test
    void unitWithoutItsAddressYet_isNotReady() {
        WatcherHarness h = new WatcherHarness();
        h.unit.willListen();

        CompletableFuture<Lease> caller = h.acquire();
        assertThat(h.status()).isEqualTo(Status.STARTING);
        h.unit.listensOn(8080);
        h.advance(ofMillis(10));

        assertThat(caller.join().upstream()).hasToString("http://127.0.0.1:8080");
    }

    @Test
    void strangerAnswersAtTheUnitsAddress_callerIsHeldUntilTheUnitDoes() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.unit.listensOn(8080);
        h.unit.answeredBy("port 8080 is served by process 1 (init)");
        CompletableFuture<Lease> caller = h.acquire();
        h.advance(ofSeconds(1));
        assertThat(caller).isNotDone();
        assertThat(h.status()).isEqualTo(Status.STARTING);

        h.unit.answeredBy(null);
        h.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
    }

    @Test
    void strangerAnswersUntilTheDeadline_callerIsToldWho() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(3));
        h.unit.listensOn(8080);
        h.unit.answeredBy("port 8080 is served by process 1 (init)");
        CompletableFuture<Lease> caller = h.acquire();

        h.advance(ofSeconds(3));

        assertThat(reason(caller).message())
                .isEqualTo("runs but was not ready within 3s, last observed: port 8080 is served by process 1 (init)");
    }

    @Test
    void whoAnswersCannotBeFoundOut_isTriedAgain_andTold() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofSeconds(3));
        h.unit.listensOn(8080);
        h.unit.looksWhoAnswers(() -> {
            throw new IOException("the list of sockets cannot be read");
        });
        CompletableFuture<Lease> caller = h.acquire();
        h.advance(ofSeconds(1));
        assertThat(h.unit.askedWhoAnswers()).isGreaterThan(1);

        h.advance(ofSeconds(2));

        assertThat(reason(caller).message())
                .endsWith("last observed: probe failed: the list of sockets cannot be read");
    }

    @Test
    void unitAnswersItself_isAskedOnceAStart() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.callerComes();
        h.advance(ofSeconds(1));

        h.unit.listensOn(8080);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.askedWhoAnswers()).isEqualTo(1);
    }

    @Test
    void upstreamIsFixed_unitThatCannotTellItsAddress_isReadyAllTheSame() {
        WatcherHarness h =
                new WatcherHarness(s -> s.upstream("http://127.0.0.1:8080").health(HealthConfig.TCP));
        h.unit.on(Call.ADDRESS, () -> {
            throw new IllegalStateException("it exposes no port");
        });

        h.callerComes();
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofSeconds(60));

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.probes).isGreaterThan(3);
    }

    @Test
    void upstreamIsFixed_nobodyIsAskedAbout() {
        WatcherHarness h = new WatcherHarness(s -> s.upstream("http://127.0.0.1:8080"));

        h.callerComes();

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.askedWhoAnswers()).isZero();
    }

    @Test
    void startedAgain_listensElsewhere_callerIsSentThere() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(5)));
        h.unit.listensOn(1111);
        assertThat(h.acquire().join().upstream()).hasPort(1111);
        h.watcher.sleepNow();
        h.time.runDue();

        h.unit.listensOn(2222);

        assertThat(h.acquire().join().upstream()).hasPort(2222);
    }
}
