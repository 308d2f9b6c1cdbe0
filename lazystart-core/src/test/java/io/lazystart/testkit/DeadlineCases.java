// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract's cases about calls that take too long: they end when interrupted, or do no harm where they do not. */
abstract class DeadlineCases extends EventCases {

    @Test
    void start_interruptedInTheMiddle_endsAndTheUnitStillServes() throws Exception {
        interruptedInTheMiddle(Call.START);
    }

    @Test
    void stop_interruptedInTheMiddle_endsAndTheUnitStillServes() throws Exception {
        interruptedInTheMiddle(Call.STOP);
    }

    @Test
    void status_interruptedInTheMiddle_endsAndTheUnitStillServes() throws Exception {
        interruptedInTheMiddle(Call.STATUS);
    }

    @Test
    void start_interruptedBeforeItBegins_endsAndTheUnitStillServes() throws Exception {
        interruptedBefore(Call.START);
    }

    @Test
    void stop_interruptedBeforeItBegins_endsAndTheUnitStillServes() throws Exception {
        interruptedBefore(Call.STOP);
    }

    @Test
    void status_interruptedBeforeItBegins_endsAndTheUnitStillServes() throws Exception {
        interruptedBefore(Call.STATUS);
    }

    @Test
    void start_pastItsDeadline_killWorksBesideIt() throws Exception {
        pastItsDeadline(Call.START);
    }

    @Test
    void stop_pastItsDeadline_killWorksBesideIt() throws Exception {
        pastItsDeadline(Call.STOP);
    }

    @Test
    void pause_pastItsDeadline_killWorksBesideIt() throws Exception {
        pastItsDeadline(Call.PAUSE);
    }

    @Test
    void unpause_pastItsDeadline_killWorksBesideIt() throws Exception {
        pastItsDeadline(Call.UNPAUSE);
    }

    @Test
    void stop_unitDoesNotStop_isEndedByForceAfterTheTimeout() throws Exception {
        Duration timeout = Duration.ofMillis(300);
        ContractUnit unit = unit(UnitKind.STUBBORN);
        unit.start();
        awaitUp(unit.service());
        long began = System.nanoTime();

        unit.stop(null, timeout).done();

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("time that the unit was given")
                .isGreaterThanOrEqualTo(timeout);
        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void stop_withoutAnyTime_isStopped() throws Exception {
        ContractUnit unit = running();

        unit.stop(null, Duration.ZERO).done();

        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    private void interruptedInTheMiddle(Call call) throws Exception {
        ContractUnit unit = readyFor(call);
        OngoingCall begun = orAbort(beginHeld(unit, call));

        begun.interrupt().end(grace()).over();
        release();

        stillServes(unit);
    }

    private void interruptedBefore(Call call) throws Exception {
        ContractUnit unit = readyFor(call);

        unit.beginInterrupted(call).end(grace()).over();

        stillServes(unit);
    }

    /** The core gives up a verb that hangs on after its interrupt, and kills beside it. */
    private void pastItsDeadline(Call call) throws Exception {
        ContractUnit unit = readyFor(call);
        OngoingCall hung = orAbort(beginHeld(unit, call));

        unit.call(Call.KILL).done();
        assertThat(unit.state()).as("state after kill").isEqualTo(State.STOPPED);
        hung.interrupt();
        release();
        hung.end().over();

        stillServes(unit);
    }
}
