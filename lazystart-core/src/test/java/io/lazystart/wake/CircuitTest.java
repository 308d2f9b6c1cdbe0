// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.failure;
import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A service that fails again and again is given up until a person asks for it. */
class CircuitTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of());

    private static WatcherHarness harness(Consumer<ServiceConfigBuilder> options) {
        return new WatcherHarness(
                s -> options.accept(s.backoff(new BackoffConfig(ofSeconds(1), ofMinutes(1), ofSeconds(10), 3))));
    }

    private static void broken(WatcherHarness h) {
        h.unit.on(Call.START, () -> {
            throw new IllegalStateException("no such file");
        });
    }

    private static void mended(WatcherHarness h) {
        h.unit.on(Call.START, () -> null);
    }

    /** Fails three times, each time by a caller who came when the back-off was over. */
    private static WatcherHarness open() {
        WatcherHarness h = harness(s -> {});
        broken(h);
        for (int i = 0; i < 3; i++) {
            h.callerComes();
            h.advance(ofMinutes(1));
        }
        return h;
    }

    @Test
    void failsTwice_backOffOver_nextCallerMayTry() {
        WatcherHarness h = harness(s -> {});
        broken(h);
        h.callerComes();
        h.advance(ofMinutes(1));
        h.callerComes();
        h.advance(ofMinutes(1));
        mended(h);

        assertThat(h.acquire()).isCompleted();
        assertThat(h.alerts).isEmpty();
    }

    @Test
    void failsThrice_nothingStartsAnyMore_andCallersGetTheReasonAtOnce() {
        WatcherHarness h = open();
        mended(h);
        h.advance(ofHours(10));

        CompletableFuture<Lease> caller = h.acquire();

        assertThat(reason(caller).kind()).isEqualTo(Kind.START_FAILED);
        assertThat(reason(caller).message()).contains("no such file").contains("failed 3 times in a row");
        assertThat(failure(caller).retryAfter()).isNull();
        assertThat(h.unit.count(Call.START)).isEqualTo(3);
        assertThat(h.watcher.snapshot().circuitOpen()).isTrue();
        assertThat(h.watcher.snapshot().retryAfter()).isNull();
        assertThat(h.watcher.wake(WatcherHarness.REQUEST).status()).isEqualTo(Status.ERROR);
        assertThat(h.alerts).containsExactly("notes opened after 3");
    }

    @Test
    void open_personWakesAndItStarts_isClosed() {
        WatcherHarness h = open();
        mended(h);

        h.watcher.wake(Cause.person("operator"));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.watcher.snapshot().circuitOpen()).isFalse();
        assertThat(h.alerts).containsExactly("notes opened after 3", "notes closed");
    }

    @Test
    void open_personWakesAndItFails_staysOpenWithoutAnotherAlert() {
        WatcherHarness h = open();

        h.watcher.wake(Cause.person("operator"));
        h.advance(ofHours(1));
        h.callerComes();

        assertThat(h.watcher.snapshot().circuitOpen()).isTrue();
        assertThat(h.unit.count(Call.START)).isEqualTo(4);
        assertThat(h.alerts).hasSize(1);
    }

    @Test
    void open_reset_isClosedAndTheNextCallerIsServed() {
        WatcherHarness h = open();
        mended(h);

        h.watcher.reset();
        h.time.runDue();

        assertThat(h.watcher.snapshot().circuitOpen()).isFalse();
        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(Objects.requireNonNull(h.watcher.snapshot().reason()).message())
                .contains("no such file");
        assertThat(h.unit.count(Call.START)).isEqualTo(3);
        assertThat(h.alerts).containsExactly("notes opened after 3", "notes closed");
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void backingOff_reset_nextCallerStartsAtOnce_andTheBackOffBeginsAnew() {
        WatcherHarness h = harness(s -> {});
        broken(h);
        h.callerComes();
        h.watcher.reset();

        h.callerComes();

        assertThat(h.unit.count(Call.START)).isEqualTo(2);
        assertThat(h.watcher.snapshot().retryAfter()).isBetween(ofSeconds(0), ofSeconds(1));
    }

    @Test
    void readyButNotForLong_failuresAreNotForgotten_nextDeathOpensAgain() {
        WatcherHarness h = open();
        mended(h);
        h.watcher.wake(Cause.person("operator"));
        h.time.runDue();
        h.advance(ofSeconds(5));

        h.unit.end(CODE_3);
        h.time.runDue();

        assertThat(h.watcher.snapshot().circuitOpen()).isTrue();
        assertThat(h.alerts).containsExactly("notes opened after 3", "notes closed", "notes opened after 4");
    }

    @Test
    void readyForLongEnough_countsAnew() {
        WatcherHarness h = open();
        mended(h);
        h.watcher.wake(Cause.person("operator"));
        h.advance(ofSeconds(10));

        h.unit.end(CODE_3);
        h.time.runDue();

        assertThat(h.watcher.snapshot().circuitOpen()).isFalse();
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void open_pinnedReady_isNotRestartedByThePin_butByAReset() {
        WatcherHarness h = harness(s -> {});
        broken(h);
        h.watcher.pin(Pin.READY);
        h.advance(ofHours(1));
        assertThat(h.unit.count(Call.START)).isEqualTo(3);
        mended(h);

        h.watcher.reset();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void restartAlways_givesUpToo() {
        WatcherHarness h = harness(s -> s.restart(Restart.ALWAYS));
        h.wakeAndRelease();
        broken(h);

        h.unit.end(CODE_3);
        h.advance(ofHours(1));

        assertThat(h.unit.count(Call.START)).isEqualTo(3);
        assertThat(h.watcher.snapshot().circuitOpen()).isTrue();
    }

    @Test
    void open_unitIsStartedFromOutside_isAdoptedAndClosed() {
        WatcherHarness h = open();

        h.unit.startOutside();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.watcher.snapshot().circuitOpen()).isFalse();
    }

    @Test
    void stopsThatFail_openNoCircuit() {
        WatcherHarness h = harness(s -> s.idleTimeout(ofSeconds(5)));
        h.wakeAndRelease();
        h.unit.on(Call.STOP, () -> {
            throw new IllegalStateException("engine says no");
        });
        h.unit.on(Call.KILL, () -> {
            throw new IllegalStateException("engine says no");
        });

        h.advance(ofMinutes(10));

        assertThat(h.unit.count(Call.KILL)).isGreaterThan(5);
        assertThat(h.watcher.snapshot().circuitOpen()).isFalse();
    }

    @Test
    void readyForLongEnough_restartedFromOutside_countsAnew() {
        WatcherHarness h =
                new WatcherHarness(s -> s.backoff(new BackoffConfig(ofSeconds(1), ofSeconds(1), ofSeconds(10), 2))
                        .wakeTimeout(ofSeconds(5))
                        .idleTimeout(ofHours(2)));
        broken(h);
        h.callerComes();
        mended(h);
        h.advance(ofSeconds(1));
        h.callerComes();
        h.advance(ofHours(1));
        assertThat(h.status()).isEqualTo(Status.READY);

        h.unit.willListen();
        h.unit.become(UnitStatus.State.STOPPED);
        h.unit.startOutside();
        h.advance(ofSeconds(5));

        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(h.watcher.snapshot().circuitOpen()).isFalse();
    }
}
