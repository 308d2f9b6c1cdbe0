// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.HealthConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Health;
import io.lazystart.provider.UnitEvent;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Readiness and health that the unit's provider tells. */
class ProviderHealthTest {
    private static WatcherHarness starting(ReadyConfig ready) {
        WatcherHarness h = new WatcherHarness(s -> s.ready(ready).wakeTimeout(Duration.ofSeconds(20)));
        h.unit.listensOn(8080);
        h.unit.health(Health.STARTING);
        h.seen = WatcherHarness.SICK;
        return h;
    }

    private static WatcherHarness serving(HealthConfig health) {
        WatcherHarness h = new WatcherHarness(s -> s.health(health));
        h.unit.listensOn(8080);
        h.unit.health(Health.HEALTHY);
        h.callerComes();
        return h;
    }

    private static void tells(WatcherHarness h, Health health) {
        h.unit.health(health);
        h.unit.tell(UnitEvent.Kind.CHANGED, null, null);
        h.time.runDue();
    }

    @Test
    void providerAlone_callerIsServedTheMomentItTellsThatTheUnitIsHealthy() {
        WatcherHarness h = starting(ReadyConfig.PROVIDER);
        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofMillis(2_300));
        assertThat(lease).isNotDone();

        tells(h, Health.HEALTHY);

        assertThat(lease).isCompleted();
        assertThat(h.probes).isZero();
    }

    @Test
    void providerAlone_thatTellsOfNoChange_isAskedEachSecond() {
        WatcherHarness h = starting(ReadyConfig.PROVIDER);
        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofMillis(2_300));
        h.unit.health(Health.HEALTHY);

        h.advance(Duration.ofMillis(600));
        assertThat(lease).isNotDone();
        h.advance(Duration.ofMillis(200));

        assertThat(lease).isCompleted();
    }

    @Test
    void providerAlone_unitIsUnhealthyAtFirst_isWaitedFor() {
        WatcherHarness h = starting(ReadyConfig.PROVIDER);
        CompletableFuture<Lease> lease = h.acquire();

        tells(h, Health.UNHEALTHY);
        assertThat(lease).isNotDone();
        tells(h, Health.HEALTHY);

        assertThat(lease).isCompleted();
    }

    @Test
    void providerAlone_nobodyLooksAfterTheUnit_attemptEndsAndSaysWhatWasExpected() {
        WatcherHarness h = starting(ReadyConfig.PROVIDER);
        h.unit.health(Health.NONE);
        CompletableFuture<Lease> lease = h.acquire();

        h.advance(Duration.ofSeconds(20));

        Reason reason = WatcherHarness.reason(lease);
        assertThat(reason.message())
                .contains("nobody looks after its health (expected: a health check of its own, or ready: tcp or http)");
    }

    @Test
    void probeBeside_isEnoughBeforeTheProviderHasLooked() {
        WatcherHarness h = starting(ReadyConfig.TCP.orProvider());
        CompletableFuture<Lease> lease = h.acquire();
        h.seen = WatcherHarness.WELL;

        h.advance(Duration.ofMillis(20));

        assertThat(lease).isCompleted();
    }

    @Test
    void probeBeside_thatFails_isNotNeededWhereTheProviderSaysHealthy() {
        WatcherHarness h = starting(ReadyConfig.TCP.orProvider());
        CompletableFuture<Lease> lease = h.acquire();

        tells(h, Health.HEALTHY);
        h.advance(Duration.ofMillis(20));

        assertThat(lease).isCompleted();
    }

    @Test
    void nothingConfigured_unitThatAwaitsItsHealth_callerIsServedWhenItIsHealthyAndReached() {
        WatcherHarness h = starting(ReadyConfig.AUTO);
        h.unit.awaitingHealth();
        h.seen = WatcherHarness.WELL;
        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofMillis(2_300));
        assertThat(lease).isNotDone();
        assertThat(h.probes).isZero();
        assertThat(h.unit.count(Call.ADDRESS))
                .as("asked for before it can serve")
                .isZero();

        h.seen = WatcherHarness.SICK;
        tells(h, Health.HEALTHY);
        h.advance(Duration.ofMillis(100));
        assertThat(lease).isNotDone();
        h.seen = WatcherHarness.WELL;
        h.advance(Duration.ofMillis(100));

        assertThat(lease).isCompleted();
    }

    @Test
    void nothingConfigured_unitThatAwaitsItsHealthAndServesNothing_isReadyWhenItIsHealthy() {
        WatcherHarness h = new WatcherHarness();
        h.unit.awaitingHealth().health(Health.STARTING);
        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofSeconds(2));
        assertThat(lease).isNotDone();

        tells(h, Health.HEALTHY);

        assertThat(lease).isCompleted();
    }

    @Test
    void nothingConfigured_healthThatIsAwaitedCannotBeTold_isWaitedForAndSaid() {
        WatcherHarness h = starting(ReadyConfig.AUTO);
        h.unit.awaitingHealth().on(Call.HEALTH, () -> {
            throw new IllegalStateException("the engine is away");
        });
        h.seen = WatcherHarness.WELL;
        CompletableFuture<Lease> lease = h.acquire();

        h.advance(Duration.ofSeconds(20));

        assertThat(WatcherHarness.reason(lease).message()).contains("the engine is away");
    }

    @ParameterizedTest
    @EnumSource(
            value = Health.class,
            names = {"NONE", "STARTING"})
    void nothingConfigured_healthThatIsAwaitedDoesNotCome_saysWhatWasExpected(Health health) {
        WatcherHarness h = starting(ReadyConfig.AUTO);
        h.unit.awaitingHealth().health(health);
        CompletableFuture<Lease> lease = h.acquire();

        h.advance(Duration.ofSeconds(20));

        assertThat(WatcherHarness.reason(lease).message()).contains("all of it runs", "ready: tcp or http");
    }

    @Test
    void nothingConfigured_healthThatIsAwaitedCannotBeTold_isAskedEachSecond() {
        WatcherHarness h = starting(ReadyConfig.AUTO);
        h.unit.awaitingHealth().on(Call.HEALTH, () -> {
            throw new IllegalStateException("the engine is away");
        });
        h.callerComes();

        h.advance(Duration.ofSeconds(10));

        assertThat(h.unit.count(Call.HEALTH)).isBetween(8, 22);
    }

    @Test
    void nothingConfigured_unitCannotTellWhetherItAwaitsItsHealth_isProbedAgainAndSaid() {
        WatcherHarness h = starting(ReadyConfig.AUTO);
        boolean[] broken = {true};
        h.unit.awaitsHealthBy(() -> {
            if (broken[0]) {
                throw new IllegalStateException("out of luck");
            }
            return false;
        });
        h.seen = WatcherHarness.WELL;
        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofSeconds(1));
        assertThat(lease).isNotDone();

        broken[0] = false;
        h.advance(Duration.ofSeconds(1));

        assertThat(lease).isCompleted();
    }

    @Test
    void tcpConfigured_unitThatAwaitsItsHealth_isReadyWhenItIsReached() {
        WatcherHarness h = starting(ReadyConfig.TCP);
        h.unit.awaitingHealth();
        h.seen = WatcherHarness.WELL;

        assertThat(h.acquire()).isCompleted();
        assertThat(h.unit.count(Call.HEALTH)).isZero();
    }

    @Test
    void health_providerTellsUnhealthy_isFoundAtOnceAndCountsAsFailures() {
        WatcherHarness h = serving(new HealthConfig(ReadyConfig.PROVIDER, Duration.ofSeconds(10), 1, 1));
        assertThat(h.status()).isEqualTo(Status.READY);

        tells(h, Health.UNHEALTHY);

        assertThat(h.status()).isNotEqualTo(Status.READY);
        assertThat(h.watcher.snapshot().reason().message()).contains("its health check fails");
    }

    @Test
    void health_providerSaysHealthy_isNotProbed() {
        WatcherHarness h = serving(new HealthConfig(ReadyConfig.TCP.orProvider(), Duration.ofSeconds(10), 1, 1));
        int before = h.probes;
        h.seen = WatcherHarness.SICK;

        h.advance(Duration.ofSeconds(30));

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.probes).isEqualTo(before);
    }

    @Test
    void unitThatCannotTellItsAddress_isAskedNoMoreOftenThanOthers() {
        WatcherHarness h = starting(ReadyConfig.PROVIDER);
        int[] asked = {0};
        h.unit.on(Call.ADDRESS, () -> {
            asked[0]++;
            throw new IllegalStateException("it exposes no port");
        });
        h.callerComes();

        h.advance(Duration.ofSeconds(10));

        assertThat(asked[0]).isBetween(100, 2_000);
    }

    @Test
    void unitThatServesNothing_isReadyWhenItsProviderSaysSo() {
        WatcherHarness h = new WatcherHarness(s -> s.ready(ReadyConfig.PROVIDER));
        h.unit.health(Health.STARTING);
        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofSeconds(2));
        assertThat(lease).isNotDone();

        tells(h, Health.HEALTHY);

        assertThat(lease).isCompleted();
    }

    @Test
    void startedAgainWithinASecond_healthOfTheRunBeforeCountsForNothing() {
        WatcherHarness h = starting(ReadyConfig.PROVIDER);
        h.unit.health(Health.HEALTHY);
        h.wakeAndRelease();
        h.watcher.sleepNow();
        h.time.runDue();
        h.unit.health(Health.STARTING);

        CompletableFuture<Lease> lease = h.acquire();
        h.advance(Duration.ofMillis(500));

        assertThat(lease).isNotDone();
    }

    @Test
    void providerCannotTell_aProbeBesideIsEnough() {
        WatcherHarness h = starting(ReadyConfig.TCP.orProvider());
        h.unit.on(Call.HEALTH, () -> {
            throw new IllegalStateException("the engine is away");
        });
        h.seen = WatcherHarness.WELL;

        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void health_providerCannotTell_saysNothingAboutTheUnit() {
        WatcherHarness h = serving(new HealthConfig(ReadyConfig.PROVIDER, Duration.ofSeconds(1), 1, 1));
        h.unit.on(Call.HEALTH, () -> {
            throw new IllegalStateException("the engine is away");
        });

        h.advance(Duration.ofSeconds(30));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void health_manyChangesAtOnce_areOneFailure() {
        WatcherHarness h = serving(new HealthConfig(ReadyConfig.PROVIDER, Duration.ofSeconds(10), 3, 1));

        for (int i = 0; i < 5; i++) {
            tells(h, Health.UNHEALTHY);
        }
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(Duration.ofSeconds(20));

        assertThat(h.status()).isNotEqualTo(Status.READY);
    }
}
