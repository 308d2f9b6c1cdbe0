// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lazystart.provider.Capability;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract's cases about the end of a provider, and about the next one that finds what this one has left. */
abstract class CloseCases extends RivalCases {

    @Test
    void close_duringStart_bothEnd() throws Exception {
        closeDuring(Call.START);
    }

    @Test
    void close_duringStop_bothEnd() throws Exception {
        closeDuring(Call.STOP);
    }

    @Test
    void close_duringKill_bothEnd() throws Exception {
        closeDuring(Call.KILL);
    }

    @Test
    void close_duringPause_bothEnd() throws Exception {
        closeDuring(Call.PAUSE);
    }

    @Test
    void close_duringUnpause_bothEnd() throws Exception {
        closeDuring(Call.UNPAUSE);
    }

    @Test
    void close_twice_isHarmless() throws Exception {
        close().done();

        beginClose().end().done();
    }

    @Test
    void start_afterClose_isRefused() throws Exception {
        ContractUnit unit = plain();
        close().done();

        unit.call(Call.START).refused();

        open();
        assertThat(unit.at(provider()).state()).isEqualTo(State.STOPPED);
    }

    @Test
    void reopen_unitRanOn_isFoundAndWatched() throws Exception {
        ContractUnit unit = running();
        awaitUp(unit.service());
        UnitStatus before = unit.status();
        close().done();
        open();

        ContractUnit found = unit.at(provider());
        assertThat(found.status()).isEqualTo(before);
        stopOutside(found.service());

        if (can(Capability.WATCH)) {
            heard().await(found.id(), Kind.ENDED, 1, patience());
        }
        assertThat(found.state()).isEqualTo(State.STOPPED);
        stillServes(found);
    }

    @Test
    void reopen_unitEndedMeanwhile_isFoundStopped() throws Exception {
        ContractUnit unit = running();
        awaitUp(unit.service());
        close().done();
        stopOutside(unit.service());
        open();

        ContractUnit found = unit.at(provider());

        assertThat(found.state()).isEqualTo(State.STOPPED);
        stillServes(found);
    }

    @Test
    void reopen_unitStartedMeanwhile_isFoundRunning() throws Exception {
        ContractUnit unit = plain();
        close().done();
        assumeTrue(startOutside(unit.service()), "nobody but the provider can start such units");
        open();

        ContractUnit found = unit.at(provider());

        assertThat(found.state()).isEqualTo(State.RUNNING);
        stillServes(found);
    }

    @Test
    void close_afterAllKindsOfCalls_leavesNoThreadDescriptorOrProcess() throws Exception {
        ContractUnit unit = plain();
        useAll(unit);
        close().done();
        // The first round has loaded classes and libraries, whose files stay open.
        Leftovers before = Leftovers.now();
        open();
        useAll(unit.at(provider()));

        close().done();

        assertThat(Leftovers.now().since(before, patience()))
                .as("left after close")
                .isEmpty();
    }

    private void useAll(ContractUnit unit) throws Exception {
        unit.start();
        unit.address();
        if (can(Capability.PAUSE)) {
            unit.call(Call.PAUSE).done();
            unit.call(Call.UNPAUSE).done();
        }
        unit.beginInterrupted(Call.STOP).end(grace()).over();
        unit.call(Call.KILL).done();
        if (can(Capability.WATCH)) {
            heard().await(unit.id(), Kind.ENDED, 1, patience());
        }
        unit.start();
        unit.call(Call.STOP).done();
        unit.status();
    }

    /** The core interrupts what runs before it closes; a provider may be closed without that too. */
    private void closeDuring(Call call) throws Exception {
        ContractUnit unit = readyFor(call);
        @Nullable OngoingCall holdable = beginHeld(unit, call);
        OngoingCall begun = holdable == null ? unit.begin(call) : holdable;

        beginClose().end().done();
        begun.interrupt();
        begun.end(grace()).over();
        release();

        open();
        stillServes(unit.at(provider()));
    }
}
