// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules 5, 8 and 10: which run of the unit is the one that was started, whatever is told of others, and when. */
class StateMachineRunTest {
    private final MachineDriver m = new MachineDriver();

    @Test
    void starting_readFromBeforeTheReturn_isNotBelieved() {
        m.starting().recheck();
        m.send(new Signal.UnitStarted(m.now(), "run-1"));
        long read = m.snapshot().read();

        m.done("run-2");
        m.send(new Signal.StatusRead(m.now(), read, new UnitStatus(State.STOPPED, null, null), 0));

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        assertThat(m.snapshot().read()).isGreaterThan(read);
    }

    @Test
    void starting_anEarlierRunIsToldToHaveBegunAndEnded_isNotTakenForOurs() {
        m.starting();

        m.send(new Signal.UnitStarted(m.now(), null));
        m.ended("run-1", 1, 0);
        m.read(State.STOPPED, null);
        assertThat(m.snapshot().step()).isEqualTo(Step.START_VERB);
        m.done("run-2");
        m.read(State.RUNNING, "run-2");

        assertThat(m.snapshot().waiters()).isOne();
        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    @Test
    void starting_theRunThatCameBetweenIsEndedByTheStart_isNotTakenForOurs() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));

        Signal earlier = success(m);
        m.ended("run-1", 137, 0);
        m.send(earlier);
        assertThat(m.snapshot().step()).isEqualTo(Step.START_VERB);
        m.done("run-2");
        m.read(State.RUNNING, "run-2").send(earlier);
        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);

        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    @Test
    void starting_ourRunHasEndedBeforeTheStartReturns_failsWhenItReturns() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));

        m.ended("run-1", 3, 0);
        assertThat(m.snapshot().status()).isEqualTo(Status.STARTING);
        m.done("run-1");
        m.read(new UnitStatus(State.STOPPED, null, new Exit(3, false, List.of())), 0);

        assertThat(m.snapshot().status()).isEqualTo(Status.ERROR);
        assertThat(m.snapshot().failures().reason().exitCode()).isEqualTo(3);
    }

    @Test
    void starting_ourRunHasEndedAndTheStartDoesNotReturn_thatIsTheReason() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));

        m.ended("run-1", 3, 0);
        m.attemptExpires();

        assertThat(m.snapshot().step()).isEqualTo(Step.FAILED);
        assertThat(m.snapshot().failures().reason().message()).contains("start did not return");
    }

    @Test
    void ready_theStartReturnsAnotherRunThanWasProbed_theUnitIsRead() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));
        m.probeSucceeds();

        m.done("run-2");
        m.read(State.RUNNING, "run-2");

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        assertThat(m.snapshot().run()).isEqualTo("run-2");
    }

    @Test
    void probing_theStartReturnsALaterOrEarlierRun_theUnitIsRead() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-2"));

        m.done("run-1");
        assertThat(m.last(Action.Read.class)).hasSize(1);
        m.read(State.RUNNING, "run-2");

        assertThat(m.snapshot().run()).isEqualTo("run-2");
        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    @Test
    void probing_theStartReturnsAnotherRunAndThatEnds_whatWasSeenOfItDoesNotCount() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));
        Signal seen = success(m);

        m.done("run-2").ended("run-2", 3, 0).send(seen);

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        m.read(State.STOPPED, null);
        assertThat(m.status()).isEqualTo(Status.ERROR);
    }

    @Test
    void probing_theStartReturnsAnotherRun_theEndOfTheEarlierOneDoesNotFailIt() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1"));

        m.done("run-2").ended("run-1", 3, 0);

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        m.read(State.RUNNING, "run-2");
        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    @Test
    void probing_anotherRunWasToldOf_theReadFailsUntilTheDeadline_isReadOnAndNotReadyByTheProbe() {
        m.starting().done("run-1").send(new Signal.UnitStarted(m.now(), "run-2"));
        m.readFails();

        m.attemptExpires();

        assertThat(m.snapshot().step()).isEqualTo(Step.LINGERING);
        assertThat(m.last(Action.Probe.class)).isEmpty();
        assertThat(m.last(Action.Read.class)).hasSize(1);
        m.read(State.RUNNING, "run-2");
        assertThat(m.snapshot().run()).isEqualTo("run-2");
        assertThat(m.probeSucceeds().status()).isEqualTo(Status.READY);
    }

    @Test
    void probing_aReadFails_andTheDeadlinePasses_isReadOn() {
        m.starting().done("run-1").recheck();
        m.readFails();

        m.attemptExpires();

        assertThat(m.last(Action.Probe.class)).hasSize(1);
        assertThat(m.last(Action.Read.class)).hasSize(1);
    }

    @Test
    void lingering_anotherRunIsToldOf_neitherTheProbeNorTheEndOfTheEarlierOneCounts() {
        m.starting().done("run-1").attemptExpires();
        Signal seen = success(m);

        m.send(new Signal.UnitStarted(m.now(), "run-2")).ended("run-1", 3, 0).send(seen);

        assertThat(m.snapshot().step()).isEqualTo(Step.LINGERING);
        m.read(State.RUNNING, "run-2");
        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        assertThat(m.snapshot().run()).isEqualTo("run-2");
    }

    @Test
    void lingering_theStartReturnsAnotherRun_isReadAndProbedOn() {
        m.starting().send(new Signal.UnitStarted(m.now(), "run-1")).attemptExpires();
        Signal seen = success(m);

        m.done("run-2").send(seen);
        assertThat(m.snapshot().step()).isEqualTo(Step.LINGERING);
        m.read(State.RUNNING, "run-1");

        assertThat(m.last(Action.Probe.class)).extracting(Action.Probe::slow).containsExactly(true);
        assertThat(m.probeSucceeds().status()).isEqualTo(Status.READY);
    }

    @Test
    void ready_anotherRunIsToldOf_andTheEarlierOneEnds_theUnitIsReadOn() {
        m.ready().send(new Signal.UnitStarted(m.now(), "run-2"));

        m.ended("run-1", 3, 1);

        assertThat(m.status()).isEqualTo(Status.ERROR);
        assertThat(m.last(Action.Read.class)).hasSize(1);
        m.read(State.RUNNING, "run-2");
        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
    }

    @Test
    void probing_theRunBecomesKnown_isProbedAnew() {
        m.starting().send(new Signal.UnitStarted(m.now(), null));
        Signal earlier = success(m);

        m.done("run-1");
        assertThat(m.last(Action.Probe.class)).hasSize(1);
        m.send(earlier);

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    @Test
    void probing_theProbeOfAnEarlierRunSucceeds_isNotReady() {
        m.probing();
        Signal earlier = success(m);
        m.recheck().read(State.RUNNING, "another");

        m.send(earlier);

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    /** It has no name by which it could be told from ours. */
    @Test
    void starting_theUnnamedRunThatCameBetweenEnds_itsProbeIsNotTakenForOurs() {
        m.starting().send(new Signal.UnitStarted(m.now(), null));
        Signal earlier = success(m);
        m.recheck().read(State.STOPPED, null);
        assertThat(m.snapshot().step()).isEqualTo(Step.START_VERB);

        m.done(null);
        m.send(earlier);

        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);
        m.read(State.RUNNING, null);
        assertThat(m.probeSucceeds().snapshot().status()).isEqualTo(Status.READY);
    }

    /** What the probes that run now will tell. */
    private static Signal success(MachineDriver m) {
        return new Signal.ProbeSucceeded(m.now(), m.snapshot().question());
    }

    @Test
    void starting_streamBrokeMeanwhileAndEventComes_statusIsRead() {
        m.starting().recheck();

        m.send(new Signal.UnitStarted(m.now(), "run-1"));

        assertThat(m.last(Action.Read.class)).hasSize(1);
    }

    @Test
    void probing_unitStartsAnewWhileAReadIsUnderWay_theOldAnswerIsNotBelieved() {
        m.probing().recheck();
        long read = m.snapshot().read();

        m.send(new Signal.UnitStarted(m.now(), null));
        m.send(new Signal.StatusRead(m.now(), read, new UnitStatus(State.STOPPED, null, null), 0));
        assertThat(m.snapshot().step()).isEqualTo(Step.PROBE);

        m.read(State.RUNNING, "run-2").probeSucceeds();
        assertThat(m.status()).isEqualTo(Status.READY);
        assertThat(m.snapshot().run()).isEqualTo("run-2");
    }

    @Test
    void probing_anotherRunIsToldOf_isReadAndProbedAnew() {
        m.probing().send(new Signal.UnitStarted(m.now(), "run-2"));
        assertThat(m.last(Action.Read.class)).hasSize(1);

        m.read(State.RUNNING, "run-2");

        assertThat(m.last(Action.Probe.class)).hasSize(1);
    }

    @Test
    void ready_itsRunIsToldOfWhileAReadIsUnderWay_theOldAnswerIsNotBelieved() {
        m.ready().recheck();
        long read = m.snapshot().read();

        m.send(new Signal.UnitStarted(m.now(), "run-1"));
        m.send(new Signal.StatusRead(m.now(), read, new UnitStatus(State.PAUSED, null, null), 0));

        assertThat(m.status()).isEqualTo(Status.READY);
    }

    @Test
    void probing_itsOwnRunIsToldOf_nothingIsRead() {
        m.probing().send(new Signal.UnitStarted(m.now(), "run-1"));

        assertThat(m.last(Action.Read.class)).isEmpty();
    }
}
