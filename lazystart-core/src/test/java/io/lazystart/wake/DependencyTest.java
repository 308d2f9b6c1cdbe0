// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.failure;
import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Services that need others: woken before, held as long, given back after. */
class DependencyTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no disk"));

    private final HouseHarness house = new HouseHarness();

    private HouseHarness notesOnDb() {
        return house.service("notes", s -> s.dependsOn("db").idleTimeout(ofSeconds(10)))
                .service("db", s -> {});
    }

    @Test
    void dependentWakes_dependenciesAreUpBeforeItsUnitStarts() {
        house.service("notes", s -> s.dependsOn("db", "cache"))
                .service("db", s -> {})
                .service("cache", s -> {})
                .open();

        CompletableFuture<Lease> caller = house.acquire("notes");

        assertThat(caller).isCompleted();
        assertThat(house.verbs).containsExactly("db START", "cache START", "notes START");
    }

    @Test
    void twoDependOnOne_itSleepsAfterTheUnitOfTheLast() {
        house.service("a", s -> s.dependsOn("db").idleTimeout(ofSeconds(10)))
                .service("b", s -> s.dependsOn("db").idleTimeout(ofSeconds(20)))
                .service("db", s -> {})
                .open();
        house.acquire("a").join().close();
        house.acquire("b").join().close();
        house.verbs.clear();

        house.advance(ofSeconds(10));
        assertThat(house.verbs).containsExactly("a STOP");
        assertThat(house.status("db")).isEqualTo(Status.READY);
        house.advance(ofSeconds(10));

        assertThat(house.verbs).containsExactly("a STOP", "b STOP", "db STOP");
        assertThat(house.status("db")).isEqualTo(Status.NAPPING);
    }

    @Test
    void oneOfTwoFails_callerGetsItsReasonAndNothingIsLeftRunning() {
        house.service("notes", s -> s.dependsOn("db", "cache"))
                .service("db", s -> {})
                .service("cache", s -> {})
                .open();
        house.unit("cache").on(Call.START, () -> {
            throw new IllegalStateException("no memory");
        });

        CompletableFuture<Lease> caller = house.acquire("notes");
        house.advance(ofMillis(1));

        assertThat(reason(caller).kind()).isEqualTo(Kind.START_FAILED);
        assertThat(reason(caller).message()).contains("dependency cache", "no memory");
        assertThat(house.status("notes")).isEqualTo(Status.ERROR);
        assertThat(house.status("db")).isEqualTo(Status.NAPPING);
        assertThat(house.verbs).containsExactly("db START", "db STOP");
    }

    @Test
    void dependencyFailed_isBackingOff_dependentsCallersAreToldForHowLong() {
        notesOnDb().open();
        house.unit("db").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(house.acquire("notes")).isCompletedExceptionally();

        CompletableFuture<Lease> next = house.acquire("notes");

        assertThat(failure(next).retryAfter()).isBetween(ofMillis(700), ofSeconds(1));
        assertThat(house.unit("db").count(Call.START)).isEqualTo(1);
        assertThat(house.unit("notes").calls()).isEmpty();
    }

    @Test
    void dependencyFailed_isMended_dependentIsNotHeldBack() {
        notesOnDb().open();
        house.unit("db").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        for (int i = 0; i < 5; i++) {
            assertThat(house.acquire("notes")).isCompletedExceptionally();
        }
        house.unit("db").on(Call.START, () -> null);

        house.advance(ofSeconds(1));

        assertThat(house.acquire("notes")).isCompleted();
    }

    @Test
    void dependencyDiesUnderItsLease_restartsWithoutARequest_dependentStaysReady() {
        notesOnDb().open();
        Lease lease = house.acquire("notes").join();

        house.unit("db").end(CODE_3);
        house.advance(ofMillis(1));

        assertThat(house.status("notes")).isEqualTo(Status.READY);
        assertThat(house.status("db")).isEqualTo(Status.READY);
        assertThat(house.unit("db").count(Call.START)).isEqualTo(2);
        lease.close();
        house.advance(ofSeconds(10));
        assertThat(house.status("db")).isEqualTo(Status.NAPPING);
    }

    @Test
    void dependencyDiesAgainAndAgain_isRestartedUnderItsBackOff() {
        notesOnDb().open();
        assertThat(house.acquire("notes")).isCompleted();
        house.unit("db").end(CODE_3);
        house.advance(ofMillis(1));
        house.unit("db").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        house.unit("db").end(CODE_3);
        house.advance(ofMillis(1));
        int starts = house.unit("db").count(Call.START);

        house.advance(ofSeconds(8));

        assertThat(house.unit("db").count(Call.START) - starts).isBetween(2, 4);
        assertThat(house.status("notes")).isEqualTo(Status.READY);
    }

    @Test
    void allRunWhenTheHostBegins_areAdoptedWithTheirLeasesBeforeAnyIsIdle() {
        house.service("notes", s -> s.dependsOn("db").idleTimeout(ofMinutes(5)))
                .service("db", s -> s.firstUseTimeout(Duration.ZERO));
        house.unit("notes").become(State.RUNNING);
        house.unit("db").become(State.RUNNING);

        house.open();
        house.advance(ofMinutes(4));

        assertThat(house.verbs).isEmpty();
        assertThat(house.status("db")).isEqualTo(Status.READY);
        assertThat(house.watcher("db").snapshot().leases()).isEqualTo(1);
        house.advance(ofMinutes(1));
        assertThat(house.verbs).containsExactly("notes STOP", "db STOP");
    }

    @Test
    void dependentIsSlowToBeRead_itsDependencyIsNotIdleBefore() {
        house.service("notes", s -> s.dependsOn("db").idleTimeout(ofMinutes(5)))
                .service("db", s -> s.firstUseTimeout(Duration.ZERO));
        house.unit("notes").become(State.RUNNING);
        house.unit("db").become(State.RUNNING);
        house.slow = "notes";
        house.open();
        house.advance(ofSeconds(9));
        assertThat(house.status("db")).isEqualTo(Status.READY);

        house.slow = null;
        house.hung.forEach(Runnable::run);
        house.advance(ofSeconds(1));

        assertThat(house.status("notes")).isEqualTo(Status.READY);
        assertThat(house.watcher("db").snapshot().leases()).isEqualTo(1);
        assertThat(house.verbs).isEmpty();
    }

    @Test
    void dependentIsSlowToBeRead_theLastLeaseOfAnotherIsGivenBack_itsDependencyIsNotIdleBefore() {
        house.service("notes", s -> s.dependsOn("db").idleTimeout(ofMinutes(5)))
                .service("db", s -> s.idleTimeout(Duration.ZERO));
        house.unit("notes").become(State.RUNNING);
        house.unit("db").become(State.RUNNING);
        house.slow = "notes";
        house.open();

        house.acquire("db").join().close();
        house.advance(ofSeconds(1));
        assertThat(house.verbs).isEmpty();
        house.slow = null;
        house.hung.forEach(Runnable::run);
        house.advance(ofSeconds(1));

        assertThat(house.watcher("db").snapshot().leases()).isEqualTo(1);
        assertThat(house.verbs).isEmpty();
    }

    @Test
    void dependentIsSlowToBeRead_itsDependencyIsPutToSleepInUse_theDrainEndsWithTheLastLease() {
        house.service("notes", s -> s.dependsOn("db")).service("db", s -> s.idleTimeout(Duration.ZERO));
        house.unit("db").become(State.RUNNING);
        house.slow = "notes";
        house.open();
        Lease lease = house.acquire("db").join();

        house.watcher("db").sleep();
        lease.close();
        house.time.runDue();

        assertThat(house.verbs).containsExactly("db STOP");
    }

    @Test
    void adoptedWhileItsDependencyIsDown_isServedAndTheDependencyIsStarted() {
        house.service("notes", s -> s.dependsOn("db")).service("db", s -> {});
        house.unit("notes").become(State.RUNNING);

        house.open();

        assertThat(house.status("notes")).isEqualTo(Status.READY);
        assertThat(house.verbs).containsExactly("db START");
    }

    @Test
    void dependencyHangs_attemptEndsAtItsDeadlineAndSaysForWhatItWaited() {
        house.service("notes", s -> s.dependsOn("db").wakeTimeout(ofSeconds(20)))
                .service("db", s -> s.upstream("http://127.0.0.1:{port}"))
                .open();

        CompletableFuture<Lease> caller = house.acquire("notes");
        house.advance(ofSeconds(20));

        assertThat(reason(caller).message()).contains("20s", "waiting for db (STARTING)");
        assertThat(house.watcher("notes").snapshot().retryAfter()).isNull();
    }

    @Test
    void diamond_theCommonDependencyStartsOnceAndFirst() {
        house.service("a", s -> s.dependsOn("b", "c").idleTimeout(ofSeconds(5)))
                .service("b", s -> s.dependsOn("d"))
                .service("c", s -> s.dependsOn("d"))
                .service("d", s -> {})
                .open();

        house.acquire("a").join().close();
        assertThat(house.verbs).hasSize(4).startsWith("d START").endsWith("a START");
        house.verbs.clear();
        house.advance(ofSeconds(6));

        assertThat(house.verbs).hasSize(4).startsWith("a STOP").endsWith("d STOP");
    }

    @Test
    void pausedDependent_keepsItsDependency() {
        house.service(
                        "notes",
                        s -> s.dependsOn("db")
                                .idleTimeout(ofSeconds(10))
                                .stop(new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(10))))
                .service("db", s -> {})
                .open();
        house.acquire("notes").join().close();

        house.advance(ofMinutes(10));
        assertThat(house.status("notes")).isEqualTo(Status.NAPPING);
        assertThat(house.status("db")).isEqualTo(Status.READY);

        assertThat(house.acquire("notes")).isCompleted();
        assertThat(house.unit("db").count(Call.START)).isEqualTo(1);
    }

    @Test
    void events_nameTheDependencies() {
        house.service("notes", s -> s.dependsOn("db", "cache"))
                .service("db", s -> {})
                .service("cache", s -> {})
                .open();

        assertThat(house.acquire("notes")).isCompleted();

        assertThat(house.events("notes").events())
                .filteredOn(event -> event.type() == WakeEvent.Type.WAKING_DEPENDENCY)
                .extracting(WakeEvent::detail)
                .containsExactly("db", "cache");
        assertThat(house.events("notes").events())
                .filteredOn(event -> event.type() == WakeEvent.Type.DEPENDENCY_READY)
                .extracting(WakeEvent::detail)
                .containsExactlyInAnyOrder("db", "cache");
        assertThat(house.watcher("db").snapshot().cause().kind()).isEqualTo(Cause.Kind.DEPENDENCY);
        assertThat(house.watcher("db").snapshot().cause().detail()).contains("notes", "GET / from 127.0.0.1");
    }

    @Test
    void close_dependencyIsStoppedAfterItsDependents() {
        house.service("notes", s -> s.dependsOn("db").onClose(OnClose.STOP))
                .service("db", s -> s.onClose(OnClose.STOP))
                .open();
        assertThat(house.acquire("notes")).isCompleted();
        house.verbs.clear();

        CompletableFuture<Void> db = house.watcher("db").close(true).toCompletableFuture();
        house.time.runDue();
        assertThat(house.verbs).isEmpty();
        CompletableFuture<Void> notes = house.watcher("notes").close(false).toCompletableFuture();
        house.time.runDue();

        assertThat(house.verbs).containsExactly("notes STOP", "db STOP");
        assertThat(notes).isCompleted();
        assertThat(db).isCompleted();
    }

    @Test
    void closedWithoutHold_dependencyIsStoppedThoughItsDependentHoldsIt() {
        notesOnDb().open();
        assertThat(house.acquire("notes")).isCompleted();
        assertThat(house.watcher("db").close(true).toCompletableFuture()).isNotDone();

        CompletableFuture<Void> closed = house.watcher("db").close(false).toCompletableFuture();
        house.time.runDue();

        assertThat(closed).isCompleted();
    }

    @Test
    void personPutsADependencyToSleep_itStaysAsleepUntilTheDependentIsWokenAgain() {
        notesOnDb().open();
        house.acquire("notes").join().close();

        house.watcher("db").sleepNow();
        house.advance(ofSeconds(9));
        assertThat(house.status("db")).isEqualTo(Status.NAPPING);
        house.advance(ofSeconds(5));
        assertThat(house.status("notes")).isEqualTo(Status.NAPPING);

        assertThat(house.acquire("notes")).isCompleted();
        assertThat(house.status("db")).isEqualTo(Status.READY);
    }

    @Test
    void dependentRestarts_itsDependencyIsNotPutToSleepBetween() {
        notesOnDb().open();
        house.acquire("notes").join().close();
        house.advance(ofMillis(9_999));
        house.unit("notes").on(Call.STOP, () -> {
            house.watcher("notes").wake(Cause.person("restart"));
            return null;
        });

        house.advance(ofSeconds(1));

        assertThat(house.status("notes")).isEqualTo(Status.READY);
        assertThat(house.unit("db").calls()).containsExactly(Call.START);
    }

    @Test
    void personWakesTheDependent_backOffOfItsDependencyIsPassedOver() {
        notesOnDb().open();
        house.unit("db").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(house.acquire("notes")).isCompletedExceptionally();
        house.unit("db").on(Call.START, () -> null);

        house.watcher("notes").wake(Cause.person("console"));
        house.time.runDue();

        assertThat(house.status("notes")).isEqualTo(Status.READY);
    }

    @Test
    void chainOfThousands_wakesAndSleeps() {
        int length = 2_000;
        for (int i = 0; i < length; i++) {
            String next = "s" + (i + 1);
            house.service("s" + i, s -> s.dependsOn(next).wakeTimeout(ofMinutes(10)));
        }
        house.service("s" + length, s -> {}).open();

        house.acquire("s0").join().close();
        assertThat(house.verbs).hasSize(length + 1).startsWith("s" + length + " START");
        house.verbs.clear();
        house.advance(ofMinutes(16));

        assertThat(house.verbs).hasSize(length + 1).endsWith("s" + length + " STOP");
    }
}
