// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.config.HealthConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Services whose health fails, or that were given up, among those they depend on. */
final class HealthAmongOthersTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of());

    private final HouseHarness house = new HouseHarness();

    private HouseHarness notesOnDb(boolean restartWith) {
        house.service(
                        "notes",
                        s -> s.health(HealthConfig.TCP)
                                .dependsOn(new DependencyConfig("db", Condition.READY, false, restartWith)))
                .service("db", s -> s.backoff(new BackoffConfig(ofSeconds(1), ofMinutes(5), ofSeconds(10), 2)))
                .open();
        house.unit("notes").listensOn(8080);
        return house;
    }

    private void failsToStart(String unit) {
        house.unit(unit).on(Call.START, () -> {
            throw new IllegalStateException("no memory");
        });
    }

    @Test
    void unhealthy_dependencyDiesWithWhichItIsRestarted_isRestarted() {
        notesOnDb(true);
        Lease lease = house.acquire("notes").join();
        StringBuilder told = new StringBuilder();
        lease.onLost(reason -> told.append(reason.message()));
        house.sick.add("notes");
        house.advance(ofSeconds(30));
        assertThat(house.status("notes")).isEqualTo(Status.STARTING);
        assertThat(told).isEmpty();

        house.sick.clear();
        house.unit("db").end(CODE_3);
        house.advance(ofMillis(1));

        assertThat(told.toString()).contains("dependency db", "exit code 3");
        assertThat(house.verbs).containsSubsequence("notes STOP", "notes START");
        assertThat(house.status("notes")).isEqualTo(Status.READY);
    }

    @Test
    void dependencyDiesWithWhichItIsRestarted_atTheMomentAtWhichItIsFoundUnhealthy_isRestarted() {
        notesOnDb(true);
        house.acquire("notes").join();
        house.sick.add("notes");
        house.advance(ofSeconds(20));
        house.slow = "notes";
        house.advance(ofSeconds(10));
        assertThat(house.hung).as("the third probe").hasSize(1);
        house.atSlowCall.set(() -> {
            house.unit("db").end(CODE_3);
            house.time.runDue();
            house.hung.remove(0).run();
        });

        house.watcher("notes").reread();
        assertThat(house.hung).isNotEmpty();
        house.slow = null;
        house.sick.clear();
        house.hung.forEach(Runnable::run);
        house.advance(ofSeconds(2));

        assertThat(house.verbs).containsSubsequence("notes STOP", "notes START");
        assertThat(house.status("notes")).isEqualTo(Status.READY);
    }

    @Test
    void unhealthy_dependencyThatAPersonPutToSleep_staysAsleep() {
        notesOnDb(false);
        house.acquire("notes").join();
        house.watcher("db").sleepNow();
        house.advance(ofSeconds(1));
        assertThat(house.status("db")).isEqualTo(Status.NAPPING);

        house.sick.add("notes");
        house.advance(ofSeconds(40));

        assertThat(house.status("notes")).isEqualTo(Status.STARTING);
        assertThat(house.status("db")).isEqualTo(Status.NAPPING);
    }

    @Test
    void circuitOfADependencyOpen_standingDemandAsksRarely_andTakesItAfterAReset() {
        notesOnDb(false);
        house.acquire("notes").join();
        failsToStart("db");
        house.unit("db").end(CODE_3);
        house.advance(ofMinutes(1));
        assertThat(house.watcher("db").snapshot().circuitOpen()).isTrue();
        assertThat(house.circuits).containsExactly("db 2");
        int starts = house.unit("db").calls().size();

        house.advance(ofHours(1));

        assertThat(house.unit("db").calls()).hasSize(starts);
        assertThat(house.status("notes")).isEqualTo(Status.READY);
        house.unit("db").on(Call.START, () -> true);
        house.watcher("db").reset();
        house.advance(ofMinutes(5));
        assertThat(house.status("db")).isEqualTo(Status.READY);
    }

    @Test
    void pinnedReady_dependencyCannotBeHad_isTriedAgainRarely() {
        notesOnDb(false);
        failsToStart("db");
        house.watcher("notes").pin(Pin.READY);
        house.advance(ofHours(1));

        long starts = house.events("notes").types().stream()
                .filter(WakeEvent.Type.STARTING::equals)
                .count();
        assertThat(starts).isBetween(5L, 40L);
    }

    @Test
    void circuitOfADependencyOpen_dependentThatAPersonWoke_doesNotStartItByItself() {
        notesOnDb(false);
        house.watcher("notes").wake(Cause.person("console"));
        assertThat(house.acquire("notes")).isCompleted();
        failsToStart("db");
        house.unit("db").end(CODE_3);

        house.advance(ofHours(1));

        assertThat(house.status("notes")).isEqualTo(Status.READY);
        assertThat(house.unit("db").count(Call.START)).isEqualTo(2);
    }

    @Test
    void circuitOfADependencyOpen_dependentThatIsPinnedReady_doesNotStartIt() {
        notesOnDb(false);
        failsToStart("db");
        house.watcher("notes").pin(Pin.READY);

        house.advance(ofHours(1));

        assertThat(house.watcher("db").snapshot().circuitOpen()).isTrue();
        assertThat(house.unit("db").count(Call.START)).isEqualTo(2);
    }
}
