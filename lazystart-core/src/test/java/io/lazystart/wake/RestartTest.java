// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.failure;
import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.probe.ProbeResult;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What starts a unit that has died: a person, a caller, or nobody. */
class RestartTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no such table"));

    private static WatcherHarness died(Restart restart) {
        WatcherHarness h = new WatcherHarness(s -> s.restart(restart));
        h.wakeAndRelease();
        h.unit.end(CODE_3);
        h.time.runDue();
        return h;
    }

    private static void broken(WatcherHarness h) {
        h.unit.on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
    }

    @Test
    void onRequest_dies_startsNothingUntilSomebodyAsks() {
        WatcherHarness h = died(Restart.ON_REQUEST);

        h.advance(ofMinutes(60));

        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void never_dies_callersGetTheReasonWithoutRetryAfterUntilAPersonWakesIt() {
        WatcherHarness h = died(Restart.NEVER);
        h.advance(ofMinutes(60));

        CompletableFuture<Lease> caller = h.acquire();

        assertThat(reason(caller).kind()).isEqualTo(Kind.DIED);
        assertThat(failure(caller).retryAfter()).isNull();
        assertThat(h.watcher.snapshot().retryAfter()).isNull();
        assertThat(h.unit.count(Call.START)).isEqualTo(1);
        h.watcher.wake(Cause.person("operator"));
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void never_personsWakeFails_nextCallerMayTryAgain() {
        WatcherHarness h = died(Restart.NEVER);
        broken(h);
        h.watcher.wake(Cause.person("operator"));
        h.advance(ofMinutes(5));
        h.unit.on(Call.START, () -> null);

        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void never_startFails_isNoDeath() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.NEVER));
        broken(h);
        h.callerComes();
        h.unit.on(Call.START, () -> null);

        h.advance(ofSeconds(1));

        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void never_pinnedReady_isRestarted() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.NEVER));
        h.watcher.pin(Pin.READY);
        h.time.runDue();

        h.unit.end(CODE_3);
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void never_foundUnhealthy_staysDownAndItsWaitersAreTold() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.NEVER).health(HealthConfig.TCP));
        h.unit.listensOn(8080);
        Lease lease = h.acquire().join();
        h.seen = new ProbeResult(false, "connection refused");
        h.advance(ofSeconds(30));
        CompletableFuture<Lease> waiter = h.acquire();

        lease.close();
        h.time.runDue();

        assertThat(reason(waiter).kind()).isEqualTo(Kind.UNHEALTHY);
        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(reason(h.acquire()).kind()).isEqualTo(Kind.UNHEALTHY);
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }

    @Test
    void always_dies_isStartedAtOnceWithoutACaller() {
        WatcherHarness h = died(Restart.ALWAYS);

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.count(Call.START)).isEqualTo(2);
    }

    @Test
    void always_diesAgain_isStartedUnderBackOff() {
        WatcherHarness h = died(Restart.ALWAYS);
        h.unit.end(CODE_3);
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(h.watcher.snapshot().retryAfter()).isPositive();

        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void always_restartFails_isTriedAgainAndAgain() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.ALWAYS));
        h.wakeAndRelease();
        broken(h);
        h.unit.end(CODE_3);
        h.advance(ofSeconds(10));
        assertThat(h.unit.count(Call.START)).isGreaterThanOrEqualTo(4);
        h.unit.on(Call.START, () -> null);

        h.advance(ofSeconds(20));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void always_firstStartFails_isNoDeathAndWaitsForDemand() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.ALWAYS));
        broken(h);
        h.callerComes();

        h.advance(ofMinutes(10));

        assertThat(h.unit.count(Call.START)).isEqualTo(1);
    }

    @Test
    void always_endsWellAndUnused_isNoDeath() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.ALWAYS));
        h.wakeAndRelease();

        h.unit.end(new Exit(0, false, List.of()));
        h.advance(ofMinutes(10));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void always_personPutsToSleepWhileItIsDown_staysDown() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.ALWAYS));
        h.wakeAndRelease();
        broken(h);
        h.unit.end(CODE_3);
        h.time.runDue();
        int starts = h.unit.count(Call.START);

        h.watcher.sleep();
        h.advance(ofMinutes(60));

        assertThat(h.unit.count(Call.START)).isEqualTo(starts);
    }

    @Test
    void always_foundUnhealthy_isRestartedWithoutACaller() {
        WatcherHarness h = new WatcherHarness(s -> s.restart(Restart.ALWAYS).health(HealthConfig.TCP));
        h.unit.listensOn(8080);
        h.wakeAndRelease();
        h.seen = new ProbeResult(false, "connection refused");

        h.unit.on(Call.STOP, () -> h.seen = new ProbeResult(true, "accepted"));
        h.advance(ofSeconds(30));

        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP, Call.START);
        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void always_backingOff_pinnedAsleep_staysAsleep() {
        WatcherHarness h = died(Restart.ALWAYS);
        h.unit.end(CODE_3);
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.ERROR);

        h.watcher.pin(Pin.NAPPING);
        h.watcher.reset();
        h.advance(ofMinutes(10));

        assertThat(h.unit.count(Call.START)).isEqualTo(2);
    }
}
