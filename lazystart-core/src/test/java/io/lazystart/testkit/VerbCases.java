// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import org.junit.jupiter.api.Test;

/** The contract's cases about each verb from each state: it is done, is already so, or is refused clearly. */
abstract class VerbCases extends ContractBench {

    @Test
    void status_neverStarted_isStopped() throws Exception {
        assertThat(plain().status()).isEqualTo(new UnitStatus(State.STOPPED, null, null));
    }

    @Test
    void start_stopped_runs() throws Exception {
        ContractUnit unit = plain();

        String run = unit.start();

        UnitStatus status = unit.status();
        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(status.exit()).as("exit of a run that is not over").isNull();
        if (run != null) {
            assertThat(status.run()).as("run that start gave").isEqualTo(run);
        }
    }

    @Test
    void start_running_isLeftAlone() throws Exception {
        ContractUnit unit = running();
        UnitStatus before = unit.status();

        String run = unit.start();

        assertThat(unit.status()).isEqualTo(before);
        if (run != null) {
            assertThat(run).isEqualTo(before.run());
        }
    }

    @Test
    void start_paused_staysInItsRun() throws Exception {
        ContractUnit unit = paused();
        UnitStatus before = unit.status();

        unit.call(Call.START).doneOrRefused();

        UnitStatus after = unit.status();
        assertThat(after.state()).isIn(State.PAUSED, State.RUNNING);
        assertThat(after.run()).isEqualTo(before.run());
    }

    @Test
    void start_afterAStop_isAnotherRun() throws Exception {
        ContractUnit unit = plain();
        String first = unit.start();
        unit.call(Call.STOP).done();

        String second = unit.start();

        assertThat(unit.state()).isEqualTo(State.RUNNING);
        if (first != null) {
            assertThat(second).isNotEqualTo(first);
        }
    }

    @Test
    void stop_running_isStopped() throws Exception {
        endsFrom(running(), Call.STOP);
    }

    @Test
    void stop_paused_isStopped() throws Exception {
        endsFrom(paused(), Call.STOP);
    }

    @Test
    void stop_stopped_isLeftAlone() throws Exception {
        endsFrom(plain(), Call.STOP);
    }

    @Test
    void stop_stoppedBefore_isLeftAlone() throws Exception {
        ContractUnit unit = running();
        unit.call(Call.STOP).done();
        UnitStatus before = unit.status();

        unit.call(Call.STOP).done();

        assertThat(unit.status()).isEqualTo(before);
    }

    @Test
    void kill_running_isStopped() throws Exception {
        endsFrom(running(), Call.KILL);
    }

    @Test
    void kill_paused_isStopped() throws Exception {
        endsFrom(paused(), Call.KILL);
    }

    @Test
    void kill_stopped_isLeftAlone() throws Exception {
        endsFrom(plain(), Call.KILL);
    }

    @Test
    void pause_running_isPaused() throws Exception {
        ContractUnit unit = running();
        needsPause(unit);
        UnitStatus before = unit.status();

        unit.call(Call.PAUSE).done();

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.PAUSED, before.run(), null));
    }

    @Test
    void pause_paused_staysPaused() throws Exception {
        ContractUnit unit = paused();
        UnitStatus before = unit.status();

        unit.call(Call.PAUSE).doneOrRefused();

        assertThat(unit.status()).isEqualTo(before);
    }

    @Test
    void pause_stopped_isRefused() throws Exception {
        refusedWhenStopped(Call.PAUSE);
    }

    @Test
    void unpause_paused_runsOn() throws Exception {
        ContractUnit unit = paused();
        UnitStatus before = unit.status();

        unit.call(Call.UNPAUSE).done();

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.RUNNING, before.run(), null));
    }

    @Test
    void unpause_running_runsOn() throws Exception {
        ContractUnit unit = running();
        needsPause(unit);
        UnitStatus before = unit.status();

        unit.call(Call.UNPAUSE).doneOrRefused();

        assertThat(unit.status()).isEqualTo(before);
    }

    @Test
    void unpause_stopped_isRefused() throws Exception {
        refusedWhenStopped(Call.UNPAUSE);
    }

    @Test
    void unit_twoHandles_areTheSameUnit() throws Exception {
        ContractUnit unit = plain();
        ContractUnit twin = unit.at(provider());

        unit.start();

        assertThat(twin.id()).isEqualTo(unit.id());
        assertThat(twin.status()).isEqualTo(unit.status());
        twin.call(Call.STOP).done();
        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    private static void endsFrom(ContractUnit unit, Call verb) throws Exception {
        unit.call(verb).done();

        UnitStatus status = unit.status();
        assertThat(status.state()).isEqualTo(State.STOPPED);
        assertThat(status.run()).as("run of a stopped unit").isNull();
    }

    /** A running unit of its own shows that the capability is there, or that it is refused. */
    private void refusedWhenStopped(Call verb) throws Exception {
        needsPause(running());
        ContractUnit unit = plain();

        unit.call(verb).refused();

        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }
}
