// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.SICK;
import static io.lazystart.wake.WatcherHarness.WELL;
import static io.lazystart.wake.WatcherHarness.watched;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WatcherSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rule 2: a ready unit whose health fails, and comes back, or does not. */
class HealthTest {
    private static WatcherHarness unwatched() {
        WatcherHarness h = new WatcherHarness();
        h.unit.listensOn(8080);
        return h;
    }

    @Test
    void ready_healthIsProbedEachInterval_andNothingHappens() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        int before = h.probes;

        h.advance(ofSeconds(60));

        assertThat(h.probes - before).isEqualTo(6);
        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
    }

    @Test
    void healthFailsTwice_thenSucceeds_countsAnew() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();

        for (int i = 0; i < 5; i++) {
            h.seen = SICK;
            h.advance(ofSeconds(20));
            h.seen = WELL;
            h.advance(ofSeconds(10));
        }

        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
    }

    @Test
    void healthFailsThrice_leaseStays_andCallersAreHeldWhileItIsProbedOn() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        List<Reason> lost = new ArrayList<>();
        lease.onLost(lost::add);
        h.seen = SICK;

        h.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = h.acquire();
        int before = h.probes;
        h.advance(ofSeconds(10));

        assertThat(h.watcher.tryAcquire()).isNull();
        assertThat(caller).isNotDone();
        assertThat(lost).isEmpty();
        assertThat(h.unit.calls()).containsExactly(Call.START);
        assertThat(h.probes - before).isEqualTo(10);
        WatcherSnapshot snapshot = h.watcher.snapshot();
        assertThat(snapshot.status()).isEqualTo(Status.STARTING);
        assertThat(Objects.requireNonNull(snapshot.reason()).message()).isEqualTo("unhealthy: HTTP 503");
        assertThat(snapshot.leases()).isEqualTo(1);
    }

    @Test
    void riseOfTwo_oneGoodProbeIsNotEnough() {
        WatcherHarness h = new WatcherHarness(s -> s.health(new HealthConfig(ReadyConfig.TCP, ofSeconds(2), 1, 2)));
        h.unit.listensOn(8080);
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(2));
        h.seen = WELL;

        h.advance(ofSeconds(1));
        assertThat(h.status()).isEqualTo(Status.STARTING);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
    }

    @Test
    void noHealth_nobodyComplains_isNeverProbed() {
        WatcherHarness h = unwatched();
        Lease lease = h.acquire().join();
        int before = h.probes;

        h.advance(ofMinutes(60));

        assertThat(h.probes).isEqualTo(before);
        lease.close();
    }

    @Test
    void noHealth_callerFindsItUnreachable_threeFailedProbesAreEnough() {
        WatcherHarness h = unwatched();
        Lease lease = h.acquire().join();
        h.seen = SICK;

        h.complain();
        h.advance(ofSeconds(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofSeconds(1));

        assertThat(h.status()).isEqualTo(Status.STARTING);
        assertThat(h.unit.calls()).containsExactly(Call.START);
        lease.close();
    }

    @Test
    void callersComplainAtOnce_shareOneFailedProbeASecond() {
        WatcherHarness h = unwatched();
        Lease lease = h.acquire().join();
        int before = h.probes;
        h.seen = SICK;

        for (int i = 0; i < 50; i++) {
            h.complain();
        }

        assertThat(h.probes - before).isEqualTo(1);
        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
    }

    @Test
    void callerComplains_butTheUnitAnswers_isForgotten() {
        WatcherHarness h = unwatched();
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.complain();
        h.seen = WELL;
        h.advance(ofMinutes(10));
        int before = h.probes;

        h.advance(ofMinutes(10));

        assertThat(h.probes).isEqualTo(before);
        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
    }

    @Test
    void providerCannotTellTheAddress_saysNothingOfTheUnit() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        h.unit.on(Call.ADDRESS, () -> {
            throw new IllegalStateException("engine is down");
        });

        h.advance(ofMinutes(10));

        assertThat(h.status()).isEqualTo(Status.READY);
        lease.close();
    }

    @Test
    void addressIsThereLaterThanTheFirstProbe_isAskedForAgain() {
        WatcherHarness h = twiceWithoutAddress();

        h.unit.listensOn(8080);
        h.advance(ofMinutes(1));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void addressWasMissing_providerCannotTellItAnyMore_saysNothingOfTheUnit() {
        WatcherHarness h = twiceWithoutAddress();

        h.unit.on(Call.ADDRESS, () -> {
            throw new IllegalStateException("engine is down");
        });
        h.advance(ofMinutes(1));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    /** One that is ready and listens, but has had no address for two probes; a third would be too many. */
    private static WatcherHarness twiceWithoutAddress() {
        WatcherHarness h = new WatcherHarness(s -> s.health(HealthConfig.TCP).idleTimeout(ofMinutes(10)));
        h.wakeAndRelease();
        h.unit.willListen();
        h.advance(ofSeconds(20));
        return h;
    }

    @Test
    void asleep_nothingIsProbed_andItIsNoFailure() {
        WatcherHarness h = watched(s -> s.idleTimeout(ofMinutes(1)));
        h.wakeAndRelease();
        h.advance(ofMinutes(1));
        assertThat(h.status()).isEqualTo(Status.NAPPING);
        int before = h.probes;
        h.seen = SICK;

        h.advance(ofMinutes(60));

        assertThat(h.probes).isEqualTo(before);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.watcher.snapshot().reason()).isNull();
    }
}
