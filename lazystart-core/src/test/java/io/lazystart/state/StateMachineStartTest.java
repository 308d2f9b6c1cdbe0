// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.MachineDriver.PERSON;
import static io.lazystart.state.MachineDriver.REQUEST;
import static io.lazystart.state.MachineDriver.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules 3, 5, 9, 11, 12 and 14: from the first demand to READY or to a failure. */
class StateMachineStartTest {
    private static final Reason TROUBLE = Reason.of(Reason.Kind.DIED, "ended (exit code 3)");

    private final MachineDriver m = new MachineDriver();

    @Test
    void napping_unitIsStopped_isStartedAfterTheRead() {
        m.asleep().acquire(REQUEST).dependencies();
        assertThat(m.verbs()).isEmpty();

        m.read(State.STOPPED, null);

        assertThat(m.verbs()).containsExactly(Verb.Kind.START);
    }

    @Test
    void napping_unitIsPaused_isUnpaused() {
        m.asleep().acquire(REQUEST).dependencies();

        m.read(State.PAUSED, null);

        assertThat(m.verbs()).containsExactly(Verb.Kind.UNPAUSE);
    }

    @Test
    void napping_unitRunsAlready_isProbedWithoutVerb() {
        m.asleep().acquire(REQUEST).dependencies();

        m.read(State.RUNNING, "run-0");

        assertThat(m.verbs()).isEmpty();
        assertThat(m.last(Action.Probe.class)).hasSize(1);
    }

    @Test
    void starting_manyCallers_shareOneStart() {
        m.starting().acquire(REQUEST).acquire(REQUEST).done("run-1").probeSucceeds();

        assertThat(m.verbs()).containsExactly(Verb.Kind.START);
        assertThat(m.last(Action.ServeWaiters.class)).hasSize(1);
        assertThat(m.snapshot().waiters()).isZero();
    }

    @Test
    void starting_onlyCallerLeaves_startGoesOn() {
        m.starting().send(new Signal.WaiterLeft(m.now()));

        assertThat(m.last()).isEmpty();
        assertThat(m.snapshot().step()).isEqualTo(Step.START_VERB);
    }

    @Test
    void starting_waiterExpiresBeforeTheDeadline_onlyThatWaiterEnds() {
        m.starting().acquire(REQUEST).after(10).send(new Signal.WaiterExpired(m.now()));

        assertThat(m.last()).containsExactly(new Action.ExpireOne());
        assertThat(m.snapshot().waiters()).isEqualTo(1);
    }

    @Test
    void starting_waiterExpiresAtTheDeadline_reasonWins() {
        m.starting().after(180);

        m.send(new Signal.WaiterExpired(m.now()));

        assertThat(m.last(Action.ExpireOne.class)).isEmpty();
        assertThat(m.last(Action.FailWaiters.class))
                .extracting(fail -> fail.reason().kind())
                .containsExactly(Reason.Kind.START_TIMED_OUT);
    }

    @Test
    void starting_moreCallersArrive_deadlineStays() {
        m.starting();
        long deadline = m.snapshot().deadlineNanos();

        m.after(100).acquire(REQUEST).done("run-1").recheck();

        assertThat(m.snapshot().deadlineNanos()).isEqualTo(deadline);
        assertThat(m.delay(Timer.ATTEMPT)).isNegative();
    }

    @Test
    void starting_eventComesBeforeTheReturn_probesOnce() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));
        assertThat(m.last(Action.Probe.class)).hasSize(1);

        m.done("run-1");

        assertThat(m.last()).isEmpty();
        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
    }

    @Test
    void starting_unitThatOthersUseIsLost_attemptFailsAndIsNotCounted() {
        m.starting().send(new DependencySignal.Failed(m.now(), m.snapshot().epoch(), TROUBLE, m.now()));

        assertThat(m.status()).isEqualTo(Status.ERROR);
        assertThat(m.last(Action.FailWaiters.class))
                .extracting(Action.FailWaiters::reason)
                .containsExactly(TROUBLE);
        assertThat(m.last(Action.Interrupt.class)).hasSize(1);
        assertThat(m.snapshot().failures().bars(m.now())).isFalse();
    }

    @Test
    void probing_unitThatOthersUseIsRestartedForThem_goesOnWithTheNextRun() {
        m.probing();
        long epoch = m.snapshot().epoch();
        Signal seen = new Signal.ProbeSucceeded(m.now(), m.snapshot().question());

        m.send(new DependencySignal.UnitRestarts(m.now(), epoch, MachineDriver.SICK));

        assertThat(m.snapshot().step()).isEqualTo(Step.DEPENDENCIES);
        assertThat(m.last(Action.FailWaiters.class)).isEmpty();
        assertThat(m.last(Action.StopProbing.class)).hasSize(1);
        assertThat(m.last(Action.TakeDependencies.class))
                .containsExactly(new Action.TakeDependencies(epoch, m.snapshot().cause(), false, null));
        m.send(seen).send(new DependencySignal.Taken(m.now(), epoch)).read(State.STOPPED, null);
        assertThat(m.done("run-2").probeSucceeds().status()).isEqualTo(Status.READY);
    }

    @Test
    void foundRunning_unitThatOthersUseIsRestartedForThem_nobodyWaits_isNotTakenAgain() {
        m.asleep().recheck().read(State.RUNNING, "run-0");
        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);

        m.send(new DependencySignal.UnitRestarts(m.now(), m.snapshot().epoch(), MachineDriver.SICK));

        assertThat(m.status()).isEqualTo(Status.ERROR);
        assertThat(m.last(Action.TakeDependencies.class)).isEmpty();
        assertThat(m.last(Action.StopProbing.class)).hasSize(1);
        assertThat(m.snapshot().failures().bars(m.now())).isFalse();
    }

    @Test
    void starting_unitDies_attemptEndsAtOnceWithExitCode() {
        m.probing().ended("run-1", 3, 0);

        assertThat(m.status()).isEqualTo(Status.ERROR);
        Reason reason = m.last(Action.FailWaiters.class).get(0).reason();
        assertThat(reason.exitCode()).isEqualTo(3);
        assertThat(reason.output()).containsExactly("bye");
    }

    @Test
    void starting_unitDiesWhileARead_isUnderWay_oldAnswerDoesNotBringItBack() {
        m.probing().recheck();
        long read = m.snapshot().read();

        m.ended("run-1", 3, 0).send(new Signal.StatusRead(m.now(), read, running("run-1"), 0));

        assertThat(m.status()).isEqualTo(Status.ERROR);
    }

    @Test
    void error_backingOff_requestIsRefusedUntilRetryAt() {
        m.probing().ended("run-1", 3, 0);
        long retryAt = m.snapshot().failures().retryAtNanos();

        m.acquire(REQUEST);

        Action.RefuseOne refusal = m.last(Action.RefuseOne.class).get(0);
        assertThat(refusal.retryAtNanos()).isEqualTo(retryAt);
        assertThat(retryAt - m.now()).isBetween(1L, seconds(1));
        assertThat(m.after(1).acquire(REQUEST).status()).isEqualTo(Status.STARTING);
    }

    @Test
    void error_backingOff_personStarts() {
        m.probing().ended("run-1", 3, 0).wake(PERSON);

        assertThat(m.status()).isEqualTo(Status.STARTING);
    }

    @Test
    void error_backOffEnds_nothingStarts() {
        m.probing().ended("run-1", 3, 0).after(1);

        m.send(new Signal.RetryDue(m.now(), m.snapshot().epoch()));

        assertThat(m.last()).isEmpty();
    }

    @Test
    void error_failsAgainAndAgain_backOffDoublesToItsMost() {
        m.asleep();
        long before = 0;

        for (int i = 0; i < 12; i++) {
            m.wake(PERSON).dependencies().read(State.STOPPED, null).fails().read(State.STOPPED, null);
            long delay = m.snapshot().failures().retryAtNanos() - m.now();
            assertThat(delay).isLessThanOrEqualTo(seconds(300)).isGreaterThan(before * 3 / 4);
            before = delay;
        }

        assertThat(before).isGreaterThan(seconds(220));
    }

    @Test
    void ready_diesTheFirstTime_isRetriedWithoutBackOff() {
        m.ready().ended("run-1", 1, 0);
        assertThat(m.status()).isEqualTo(Status.ERROR);

        m.acquire(REQUEST);

        assertThat(m.status()).isEqualTo(Status.STARTING);
    }

    @Test
    void ready_diesAgainBeforeItWasStable_backsOff() {
        m.ready().ended("run-1", 1, 0).acquire(REQUEST).dependencies().read(State.STOPPED, null);
        m.done("run-2").probeSucceeds().after(9).ended("run-2", 1, 0);

        m.acquire(REQUEST);

        assertThat(m.last(Action.RefuseOne.class)).hasSize(1);
    }

    @Test
    void ready_diesAgainAfterItWasStable_failuresAreForgotten() {
        m.ready().ended("run-1", 1, 0).acquire(REQUEST).dependencies().read(State.STOPPED, null);
        m.done("run-2").probeSucceeds().after(10).ended("run-2", 1, 0);

        m.acquire(REQUEST);

        assertThat(m.status()).isEqualTo(Status.STARTING);
    }

    @Test
    void starting_startNeverReturns_isInterruptedThenAbandonedThenRead() {
        m.starting().after(180).attemptExpires();
        assertThat(m.last(Action.Interrupt.class)).hasSize(1);
        assertThat(m.delay(Timer.GRACE)).isEqualTo(5);

        m.after(5).graceEnds();

        assertThat(m.last(Action.Abandon.class)).hasSize(1);
        assertThat(m.last(Action.Read.class)).hasSize(1);
        assertThat(m.verbs()).containsExactly(Verb.Kind.START);
    }

    @Test
    void lingering_neverReady_isStoppedAfterTheLingerTime() {
        m.probing().after(180).attemptExpires();
        assertThat(m.snapshot().step()).isEqualTo(Step.LINGERING);
        assertThat(m.delay(Timer.LINGER)).isEqualTo(600);

        m.after(600).send(new Signal.LingerOver(m.now(), m.snapshot().epoch()));

        assertThat(m.verbs()).containsExactly(Verb.Kind.START, Verb.Kind.STOP);
    }

    @Test
    void starting_dependenciesNeverCome_deadlineReadsTheUnitAndGivesThemBack() {
        m.asleep().acquire(REQUEST).after(180).attemptExpires();
        assertThat(m.last(Action.Read.class)).hasSize(1);

        m.read(State.STOPPED, null);

        assertThat(m.last()).containsExactly(new Action.ReleaseDependencies(null));
    }

    @Test
    void adopted_turnsOutPaused_isUnpausedOnlyWithDependencies() {
        m.asleep().recheck().read(State.RUNNING, "run-0").recheck();

        m.read(State.PAUSED, "run-0");

        assertThat(m.verbs()).isEmpty();
        m.dependencies().read(State.PAUSED, "run-0");
        assertThat(m.verbs()).containsExactly(Verb.Kind.UNPAUSE);
    }

    private static UnitStatus running(String run) {
        return new UnitStatus(State.RUNNING, run, null);
    }

    @Test
    void starting_readSaysItEnded_exitIsInTheReason() {
        m.probing().recheck().read(new UnitStatus(State.STOPPED, null, new Exit(137, true, List.of())), 0);

        assertThat(m.last(Action.FailWaiters.class).get(0).reason().message()).contains("137", "out of memory");
    }
}
