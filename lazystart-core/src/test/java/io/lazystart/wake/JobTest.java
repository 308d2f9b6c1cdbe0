// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A dependency that is run to its end before its dependent starts. */
class JobTest {
    private static final Exit CODE_0 = new Exit(0, false, List.of());
    private static final Exit CODE_3 = new Exit(3, false, List.of("no disk"));
    private static final DependencyConfig COMPLETED =
            new DependencyConfig("migrate", Condition.COMPLETED, false, false);

    private final HouseHarness house = new HouseHarness();

    /** With {@code notes}, which needs {@code migrate} completed. */
    private HouseHarness describe(Consumer<ServiceConfigBuilder> notes, Consumer<ServiceConfigBuilder> migrate) {
        return house.service("notes", s -> notes.accept(s.dependsOn(COMPLETED))).service("migrate", migrate);
    }

    /** Asks for the dependent, and the job it waits for ends well. */
    private CompletableFuture<Lease> runJob() {
        CompletableFuture<Lease> caller = house.acquire("notes");
        house.unit("migrate").end(CODE_0);
        house.time.runDue();
        return caller;
    }

    @Test
    void jobEndsWell_dependentStarts_andItRunsAgainAtTheNextWake() {
        describe(s -> s.idleTimeout(ofSeconds(10)), s -> {}).open();

        CompletableFuture<Lease> caller = house.acquire("notes");
        assertThat(caller).isNotDone();
        assertThat(house.status("migrate")).isEqualTo(Status.STARTING);
        house.unit("migrate").end(CODE_0);
        house.time.runDue();

        caller.join().close();
        assertThat(house.status("migrate")).isEqualTo(Status.READY);
        house.advance(ofSeconds(11));
        assertThat(house.status("migrate")).isEqualTo(Status.NAPPING);
        assertThat(house.verbs).containsExactly("migrate START", "notes START", "notes STOP");
        assertThat(house.acquire("notes")).isNotDone();
        assertThat(house.unit("migrate").count(Call.START)).isEqualTo(2);
    }

    @Test
    void jobEndsBadly_dependentFailsWithItsExitCode() {
        describe(s -> {}, s -> {}).open();

        CompletableFuture<Lease> caller = house.acquire("notes");
        house.unit("migrate").end(CODE_3);
        house.time.runDue();

        assertThat(reason(caller).exitCode()).isEqualTo(3);
        assertThat(house.unit("notes").calls()).isEmpty();
    }

    @Test
    void jobTakesLongerThanItsWake_countsOnceItHasEndedWell() {
        describe(s -> {}, s -> s.wakeTimeout(ofSeconds(20))).open();
        CompletableFuture<Lease> caller = house.acquire("notes");

        house.advance(ofSeconds(40));
        assertThat(reason(caller).message()).contains("migrate", "within 20s");
        assertThat(house.status("migrate")).isEqualTo(Status.ERROR);
        assertThat(house.unit("notes").calls()).isEmpty();
        house.unit("migrate").end(CODE_0);
        house.time.runDue();

        assertThat(house.status("migrate")).isEqualTo(Status.READY);
        assertThat(house.acquire("notes")).isCompleted();
        assertThat(house.verbs).containsExactly("migrate START", "notes START");
    }

    @Test
    void jobTakesLongerThanItsWakeAndEndsBadly_runsAgainAtTheNextWake() {
        describe(s -> {}, s -> s.wakeTimeout(ofSeconds(20))).open();
        CompletableFuture<Lease> caller = house.acquire("notes");
        house.advance(ofSeconds(40));
        assertThat(caller).isCompletedExceptionally();

        house.unit("migrate").end(CODE_3);
        house.time.runDue();

        assertThat(house.status("migrate")).isEqualTo(Status.ERROR);
        house.advance(ofMinutes(1));
        assertThat(house.acquire("notes")).isNotDone();
        assertThat(house.verbs).containsExactly("migrate START", "migrate START");
    }

    @Test
    void jobIsStoppedFromOutside_dependentFails() {
        describe(s -> {}, s -> {}).open();
        CompletableFuture<Lease> caller = house.acquire("notes");

        house.unit("migrate").end(new Exit(143, false, List.of()));
        house.time.runDue();

        assertThat(reason(caller).exitCode()).isEqualTo(143);
        assertThat(house.unit("notes").calls()).isEmpty();
    }

    @Test
    void jobIsPutToSleepUnderItsDependent_isNotRunBesideIt() {
        describe(s -> {}, s -> {}).open();
        CompletableFuture<Lease> caller = runJob();
        assertThat(caller).isCompleted();

        house.watcher("migrate").sleep();
        house.provider.resync();
        house.advance(ofMinutes(5));

        assertThat(house.status("migrate")).isEqualTo(Status.NAPPING);
        assertThat(house.verbs).containsExactly("migrate START", "notes START");
    }

    @Test
    void dependentIsFoundRunningAndNotReadyInTime_itsNextWakeRunsNoJobBesideIt() {
        describe(s -> s.wakeTimeout(ofSeconds(20)).upstream("http://127.0.0.1:{port}"), s -> {});
        house.unit("notes").become(State.RUNNING);
        house.open();
        house.advance(ofSeconds(60));
        assertThat(house.status("notes")).isEqualTo(Status.ERROR);

        CompletableFuture<Lease> caller = house.acquire("notes");
        house.unit("notes").listensOn(8080);
        house.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(house.verbs).isEmpty();
    }

    @Test
    void jobNeverSleepsByItself_runsAgainOnceItsDependentHasSlept() {
        describe(s -> s.idleTimeout(ofSeconds(10)), s -> s.idleTimeout(ServiceConfig.NEVER))
                .open();
        CompletableFuture<Lease> caller = runJob();
        caller.join().close();
        house.advance(ofSeconds(11));

        CompletableFuture<Lease> next = house.acquire("notes");

        assertThat(next).isNotDone();
        assertThat(house.verbs).endsWith("notes STOP", "migrate START");
    }

    @Test
    void whatOnlyTheJobNeeds_sleepsOnceItIsDone() {
        describe(s -> {}, s -> s.dependsOn("db"))
                .service("db", s -> s.idleTimeout(ofSeconds(10)))
                .open();
        CompletableFuture<Lease> caller = runJob();
        assertThat(caller).isCompleted();

        house.advance(ofSeconds(11));

        assertThat(house.status("db")).isEqualTo(Status.NAPPING);
        assertThat(house.status("migrate")).isEqualTo(Status.READY);
    }

    @Test
    void dependentIsFoundRunning_jobIsNotRunBesideIt() {
        describe(s -> s.idleTimeout(ofMinutes(1)), s -> {});
        house.unit("notes").become(State.RUNNING);

        house.open();
        assertThat(house.status("notes")).isEqualTo(Status.READY);
        assertThat(house.unit("migrate").calls()).isEmpty();
        house.advance(ofMinutes(1));
        assertThat(house.status("notes")).isEqualTo(Status.NAPPING);

        assertThat(house.acquire("notes")).isNotDone();
        assertThat(house.verbs).endsWith("migrate START");
    }

    @Test
    void jobHasEnded_isReadAgain_isNeitherRunAgainNorMissed() {
        house.service(
                        "notes",
                        s -> s.dependsOn(new DependencyConfig("migrate", Condition.COMPLETED, false, true))
                                .idleTimeout(ofMinutes(30)))
                .service("migrate", s -> {})
                .open();
        CompletableFuture<Lease> caller = runJob();
        assertThat(caller).isCompleted();

        for (int i = 0; i < 10; i++) {
            house.watcher("migrate").reread();
            house.provider.resync();
            house.advance(ofMinutes(1));
        }

        assertThat(house.verbs).containsExactly("migrate START", "notes START");
        assertThat(house.status("migrate")).isEqualTo(Status.READY);
        assertThat(house.status("notes")).isEqualTo(Status.READY);
    }
}
