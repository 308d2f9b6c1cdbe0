// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.Capability;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract's cases about things at once: two units, and two verbs on one. */
abstract class RivalCases extends DeadlineCases {
    private static final Duration STOP_TIMEOUT = Duration.ofMillis(500);

    @Test
    void twoUnits_startAndStopAtOnce_areIndependent() throws Exception {
        ContractUnit first = plain();
        ContractUnit second = plain();
        assertThat(first.id()).isNotEqualTo(second.id());

        OngoingCall startOfFirst = first.begin(Call.START);
        OngoingCall startOfSecond = second.begin(Call.START);
        startOfFirst.end().done();
        startOfSecond.end().done();

        UnitStatus secondRuns = second.status();
        assertThat(first.state()).isEqualTo(State.RUNNING);
        assertThat(secondRuns.state()).isEqualTo(State.RUNNING);
        first.call(Call.STOP).done();
        assertThat(first.state()).isEqualTo(State.STOPPED);
        assertThat(second.status()).isEqualTo(secondRuns);
        if (can(Capability.WATCH)) {
            heard().await(first.id(), Kind.ENDED, 1, patience());
            assertThat(heard().count(second.id(), Kind.ENDED)).isZero();
        }
    }

    @Test
    void twoUnits_oneHangs_theOtherIsServed() throws Exception {
        ContractUnit hangs = readyFor(Call.STOP);
        ContractUnit other = plain();
        OngoingCall hung = orAbort(beginHeld(hangs, Call.STOP));

        stillServes(other);

        hung.interrupt();
        release();
        hung.end().over();
    }

    @Test
    void twoStarts_atOnce_makeOneRun() throws Exception {
        ContractUnit unit = plain();

        OngoingCall one = unit.begin(Call.START);
        OngoingCall two = unit.at(provider()).begin(Call.START);
        Outcome first = one.end();
        Outcome second = two.end();

        first.doneOrRefused();
        second.doneOrRefused();
        assertThat(first.failure() == null || second.failure() == null)
                .as("one of the two has started it")
                .isTrue();
        UnitStatus status = unit.status();
        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(first.value()).isIn(null, status.run());
        assertThat(second.value()).isIn(null, status.run());
        unit.call(Call.STOP).done();
        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void startAndStop_atOnce_leaveAUnitThatServes() throws Exception {
        rivals(plain(), Call.START, Call.STOP);
    }

    @Test
    void stopAndStart_atOnce_leaveAUnitThatServes() throws Exception {
        rivals(running(), Call.STOP, Call.START);
    }

    @Test
    void twoStops_atOnce_leaveAUnitThatServes() throws Exception {
        rivals(running(), Call.STOP, Call.STOP);
    }

    @Test
    void stopAndKill_atOnce_leaveAUnitThatServes() throws Exception {
        rivals(running(), Call.STOP, Call.KILL);
    }

    @Test
    void pauseAndStop_atOnce_leaveAUnitThatServes() throws Exception {
        ContractUnit unit = running();
        needsPause(unit);

        rivals(unit, Call.PAUSE, Call.STOP);
    }

    @Test
    void unpauseAndKill_atOnce_leaveAUnitThatServes() throws Exception {
        rivals(paused(), Call.UNPAUSE, Call.KILL);
    }

    private void rivals(ContractUnit unit, Call one, Call two) throws Exception {
        // A unit frozen in the middle of its stop is ended only when the stop's time is up.
        OngoingCall first = unit.begin(one, STOP_TIMEOUT);
        OngoingCall second = unit.at(provider()).begin(two, STOP_TIMEOUT);

        first.end().doneOrRefused();
        second.end().doneOrRefused();

        stillServes(unit);
    }
}
