// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A unit that is run to its end: which end is that of this run, and which of an earlier one. */
class StateMachineJobTest {
    private static final UnitStatus ENDED_WELL = new UnitStatus(State.STOPPED, null, new Exit(0, false, List.of()));

    private final MachineDriver m = new MachineDriver(MachineDriver.job());

    @Test
    void startReturns_endIsRead_isReady() {
        m.starting().done("run-2").recheck();

        m.read(ENDED_WELL, 0);

        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void startFails_anEarlierRunWasToldOf_itsEndDoesNotCount() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));

        m.fails();
        m.read(ENDED_WELL, 0);

        assertThat(m.status()).isEqualTo(Status.ERROR);
    }

    @Test
    void attemptExpiresAndTheStartFails_anEarlierRunWasToldOf_itsEndDoesNotCount() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1")).attemptExpires();

        m.fails();
        m.read(ENDED_WELL, 0);

        assertThat(m.snapshot().step()).isEqualTo(Step.FAILED);
    }

    @Test
    void startReturnsAnotherRun_theReadFails_theEndOfTheEarlierOneDoesNotCount() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));
        m.done("run-2").readFails();

        m.ended("run-1", 0, 0);

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        m.read(State.RUNNING, "run-2").ended("run-2", 0, 0);
        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void startFailsAndTheUnitRuns_itEndsWell_isReady() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-2"));
        m.fails();
        m.read(State.RUNNING, "run-2");

        m.recheck().read(ENDED_WELL, 0);

        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void startReturnsAnotherRun_anEarlierOneWasToldOfAndEnds_itsEndDoesNotCount() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1")).done("run-2");

        m.ended("run-1", 0, 0);

        assertThat(m.status()).isEqualTo(Status.STARTING);
        m.read(State.RUNNING, "run-2").ended("run-2", 0, 0);
        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void endIsToldWithoutItsExit_theUnitIsRead() {
        m.starting().done("run-2").send(new Signal.UnitEnded(m.now(), "run-2", null, 0));
        assertThat(m.status()).isEqualTo(Status.STARTING);

        m.read(ENDED_WELL, 0);

        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void done_isPutToSleepWhileItIsHeld_aReadTellsNoEnd() {
        m.starting().done("run-2").ended("run-2", 0, 0);
        m.send(new OrderSignal.Sleep(m.now(), false, 1));

        m.recheck().read(ENDED_WELL, 1);

        assertThat(m.last(Action.LoseLeases.class)).isEmpty();
        assertThat(m.status()).isEqualTo(Status.STOPPING);
    }

    @Test
    void attemptExpires_isNotProbed_andIsReadyWhenItEndsWell() {
        m.starting().done("run-2").attemptExpires();
        assertThat(m.last(Action.Probe.class)).isEmpty();
        long epoch = m.snapshot().epoch();

        m.ended("run-2", 0, 0);

        assertThat(m.status()).isEqualTo(Status.READY);
        assertThat(m.snapshot().epoch()).isGreaterThan(epoch);
    }

    @Test
    void attemptExpires_endsBadly_isFailed() {
        m.starting().done("run-2").attemptExpires();

        m.ended("run-2", 3, 0);

        assertThat(m.snapshot().step()).isEqualTo(Step.FAILED);
    }
}
