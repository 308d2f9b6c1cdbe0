// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.MachineDriver.REQUEST;
import static io.lazystart.state.MachineDriver.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import io.lazystart.watch.Pin;
import org.junit.jupiter.api.Test;

/** Rules 1, 2, 4, 7, 8, 10 and 13: from READY to sleep, and what comes between. */
class StateMachineStopTest {
    private MachineDriver m = new MachineDriver();

    @Test
    void stopping_wakeArrives_restartsOnceAfterStop() {
        m.stopping().acquire(REQUEST).acquire(REQUEST);
        assertThat(m.delay(Timer.ATTEMPT)).isNegative();

        m.after(7).done(null);

        assertThat(m.status()).isEqualTo(Status.STARTING);
        assertThat(m.delay(Timer.ATTEMPT)).isEqualTo(180);
        m.dependencies().read(State.STOPPED, null);
        assertThat(m.verbs()).containsExactly(Verb.Kind.START, Verb.Kind.STOP, Verb.Kind.START);
    }

    @Test
    void stopping_lastWaiterLeaves_restartIsDropped() {
        m.stopping().acquire(REQUEST).send(new Signal.WaiterLeft(m.now()));

        m.done(null);

        assertThat(m.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void ready_sleepWithOpenLeases_drainsFirst() {
        m.ready().sleep(false, 1);
        assertThat(m.verbs()).containsExactly(Verb.Kind.START);
        assertThat(m.delay(Timer.DRAIN)).isEqualTo(20);

        m.send(new Signal.Drained(m.now(), m.snapshot().epoch(), 0));

        assertThat(m.verbs()).containsExactly(Verb.Kind.START, Verb.Kind.STOP);
    }

    @Test
    void draining_timeRunsOut_leasesAreLost() {
        m.ready().sleep(false, 1).after(20);

        m.send(new Signal.DrainExpired(m.now(), m.snapshot().epoch()));

        assertThat(m.last(Action.LoseLeases.class)).hasSize(1);
        assertThat(m.verbs()).endsWith(Verb.Kind.STOP);
    }

    @Test
    void stopping_stopFailsAndUnitRuns_isKilled() {
        m.stopping().fails();
        assertThat(m.last(Action.Read.class)).hasSize(1);

        m.read(State.RUNNING, "run-1");

        assertThat(m.verbs()).endsWith(Verb.Kind.STOP, Verb.Kind.KILL);
    }

    @Test
    void stopping_killFailsToo_errorIsRetriedAndDependenciesKept() {
        m.stopping().fails().read(State.RUNNING, "run-1").fails().read(State.RUNNING, "run-1");

        assertThat(m.snapshot().step()).isEqualTo(Step.STUCK);
        assertThat(m.delay(Timer.RETRY)).isPositive();
        assertThat(m.snapshot().dependencies()).isTrue();
    }

    @Test
    void stopping_lateStartReturnsMeanwhile_isReadBeforeNapping() {
        m.stopping().send(new Signal.VerbDone(m.now(), 999, "run-9"));

        m.done(null);

        assertThat(m.snapshot().step()).isEqualTo(Step.CONFIRM);
        assertThat(m.read(State.RUNNING, "run-9").verbs()).endsWith(Verb.Kind.KILL);
    }

    @Test
    void confirming_unitStartsMeanwhile_theReadUnderWayIsNotBelieved() {
        m.stopping().fails();
        long read = m.snapshot().read();

        m.send(new Signal.UnitStarted(m.now(), "run-9"));
        m.send(new Signal.StatusRead(m.now(), read, new UnitStatus(State.STOPPED, null, null), 0));
        assertThat(m.snapshot().step()).isEqualTo(Step.CONFIRM);

        assertThat(m.read(State.RUNNING, "run-9").verbs()).endsWith(Verb.Kind.KILL);
    }

    @Test
    void draining_unitStartsAnewWhileAReadIsUnderWay_theOldAnswerIsNotBelieved() {
        m.ready().sleep(false, 1).recheck();
        long read = m.snapshot().read();

        m.send(new Signal.UnitStarted(m.now(), "run-9"));
        m.send(new Signal.StatusRead(m.now(), read, new UnitStatus(State.STOPPED, null, null), 1));
        assertThat(m.snapshot().step()).isEqualTo(Step.DRAIN);

        assertThat(m.read(State.RUNNING, "run-9").verbs()).endsWith(Verb.Kind.STOP);
    }

    @Test
    void stopping_anotherRunBeginsMeanwhile_isReadBeforeNapping() {
        m.stopping().send(new Signal.UnitStarted(m.now(), "run-9"));

        m.done(null);

        assertThat(m.snapshot().step()).isEqualTo(Step.CONFIRM);
        assertThat(m.read(State.RUNNING, "run-9").verbs()).endsWith(Verb.Kind.KILL);
    }

    @Test
    void stopping_newsOfTheRunThatIsStopped_isNoOther() {
        m.stopping().send(new Signal.UnitStarted(m.now(), "run-1"));

        m.done(null);

        assertThat(m.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void stopping_readFromBeforeTheStop_doesNotBringItBack() {
        m.probing().recheck();
        long read = m.snapshot().read();
        m.sleep(false, 0).done(null);

        m.send(new Signal.StatusRead(m.now(), read, new UnitStatus(State.RUNNING, "run-1", null), 0));

        assertThat(m.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void ready_unusedForFirstUseTime_isAskedThenStopped() {
        m = new MachineDriver(policy(Verb.Kind.STOP, 10));
        m.asleep().wake(REQUEST).dependencies().read(State.STOPPED, null).done("run-1");
        m.probeSucceeds();
        assertThat(m.delay(Timer.IDLE)).isEqualTo(30);

        m.after(29).idleDue(0, false, 0);

        assertThat(m.delay(Timer.IDLE)).isEqualTo(1);
        m.after(1).idleDue(0, false, 0);
        assertThat(m.last(Action.AskVetoes.class)).hasSize(1);
        m.idleAnswered(false, 0);
        assertThat(m.verbs()).endsWith(Verb.Kind.STOP);
    }

    @Test
    void ready_leaseCameAndWentDuringTheQuestion_timerFindsTheRest() {
        m.ready().after(600).idleDue(0, true, m.now() - MachineDriver.seconds(600));

        m.idleAnswered(false, -1);

        assertThat(m.status()).isEqualTo(Status.READY);
        assertThat(m.delay(Timer.IDLE)).isZero();
    }

    @Test
    void ready_noIdleTimeAndOpenLease_noTimerSpins() {
        m = new MachineDriver(policy(Verb.Kind.STOP, 0));
        m.ready().idleDue(1, false, 0);

        assertThat(m.last()).isEmpty();
    }

    @Test
    void ready_hostWasSuspended_idleTimeStartsAnewAndStatusIsRead() {
        m.ready().after(599).send(new Signal.Resumed(m.now()));

        assertThat(m.last(Action.Read.class)).hasSize(1);
        assertThat(m.after(10)
                        .idleDue(0, true, m.now() - MachineDriver.seconds(609))
                        .delay(Timer.IDLE))
                .isEqualTo(590);
    }

    @Test
    void ready_endsWellWithoutLeases_naps() {
        m.ready().ended("run-1", 0, 0);

        assertThat(m.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void ready_endsWithOpenLeases_isADeath() {
        m.ready().ended("run-1", 0, 1);

        assertThat(m.status()).isEqualTo(Status.ERROR);
        assertThat(m.last(Action.LoseLeases.class)).hasSize(1);
    }

    @Test
    void ready_pausedFromOutside_keepsDependencies() {
        m.ready().recheck().read(State.PAUSED, "run-1");

        assertThat(m.status()).isEqualTo(Status.NAPPING);
        assertThat(m.last(Action.ReleaseDependencies.class)).isEmpty();
    }

    @Test
    void napping_readThenEnded_isReadAgain() {
        m.asleep().send(new Signal.UnitStarted(m.now(), "run-5"));

        m.ended("run-5", 0, 0);

        assertThat(m.last(Action.Read.class)).hasSize(1);
    }

    @Test
    void pinnedReady_lingeringUnitDies_isStartedAgainAfterTheBackOff() {
        m.asleep().pin(Pin.READY).dependencies().read(State.STOPPED, null).done("run-1");
        m.after(180)
                .attemptExpires()
                .after(5)
                .send(new Signal.RetryDue(m.now(), m.snapshot().epoch()));

        m.ended("run-1", 1, 0);

        assertThat(m.delay(Timer.RETRY)).isNotNegative();
        m.send(new Signal.RetryDue(m.now(), m.snapshot().epoch()));
        assertThat(m.status()).isEqualTo(Status.STARTING);
    }

    @Test
    void pinnedReadyWhileVetoesAreAsked_letGo_oldAnswerDoesNotStop() {
        m.ready().after(600).idleDue(0, true, 0).pin(Pin.READY).pin(Pin.NONE);

        m.idleAnswered(false, 0);

        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void napping_closedBeforeTheFirstRead_unitThatRunsIsStopped() {
        m.send(new Signal.Boot(m.now())).close();
        assertThat(m.last(Action.Closed.class)).isEmpty();

        m.read(State.RUNNING, "run-0").done(null);

        assertThat(m.verbs()).containsExactly(Verb.Kind.STOP);
        assertThat(m.last(Action.Closed.class)).hasSize(1);
    }

    @Test
    void closed_whateverComes_nothingHappens() {
        m.asleep().close();

        m.sleep(true, 0).pin(Pin.READY).wake(MachineDriver.PERSON).recheck();

        assertThat(m.last()).isEmpty();
        assertThat(m.status()).isEqualTo(Status.NAPPING);
    }
}
