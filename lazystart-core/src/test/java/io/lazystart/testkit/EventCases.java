// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The contract's cases about the event stream. The status is read as soon as an event is heard, which may be before its
 * verb returns.
 */
abstract class EventCases extends VerbCases {

    @Test
    void start_tellsThatItStarted() throws Exception {
        ContractUnit unit = plain();

        UnitEvent event = eventOf(unit, Call.START, Kind.STARTED, State.RUNNING, null);

        assertThat(event.exit()).as("exit of a start").isNull();
    }

    @Test
    void stop_tellsThatItEnded() throws Exception {
        ended(Call.STOP);
    }

    @Test
    void kill_tellsThatItEnded() throws Exception {
        ended(Call.KILL);
    }

    @Test
    void pause_tellsThatItChanged() throws Exception {
        ContractUnit unit = running();
        needsPause(unit);
        String run = unit.status().run();

        eventOf(unit, Call.PAUSE, Kind.CHANGED, State.PAUSED, run);
    }

    @Test
    void unpause_tellsThatItChanged() throws Exception {
        ContractUnit unit = paused();
        String run = unit.status().run();
        heard().await(unit.id(), Kind.CHANGED, 1, patience());

        eventOf(unit, Call.UNPAUSE, Kind.CHANGED, State.RUNNING, run);
    }

    @Test
    void stopOutside_isToldAndSeen() throws Exception {
        ContractUnit unit = running();
        awaitUp(unit.service());
        String run = unit.status().run();

        stopOutside(unit.service());

        if (can(Capability.WATCH)) {
            UnitEvent event = heard().await(unit.id(), Kind.ENDED, 1, patience());
            assertThat(event.run()).isIn(null, run);
        }
        assertThat(unit.state()).isEqualTo(State.STOPPED);
        unit.start();
        assertThat(unit.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void startOutside_isToldAndSeen() throws Exception {
        ContractUnit unit = plain();
        assumeTrue(startOutside(unit.service()), "nobody but the provider can start such units");

        if (can(Capability.WATCH)) {
            UnitEvent event = heard().await(unit.id(), Kind.STARTED, 1, patience());
            assertThat(event.run()).isIn(null, unit.status().run());
        }
        assertThat(unit.state()).isEqualTo(State.RUNNING);
        unit.call(Call.STOP).done();
        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void twoRuns_eachTellsItsStartBeforeItsEnd() throws Exception {
        HeardEvents heard = heard();
        ContractUnit unit = plain();

        for (int run = 1; run <= 2; run++) {
            unit.start();
            unit.call(Call.STOP).done();
        }

        heard.await(unit.id(), Kind.STARTED, 2, patience());
        heard.await(unit.id(), Kind.ENDED, 2, patience());
        List<UnitEvent> events = heard.of(unit.id());
        for (UnitEvent end : events) {
            if (end.kind() == Kind.ENDED) {
                assertThat(events.subList(0, events.indexOf(end)))
                        .as("what was told before %s", end)
                        .anyMatch(start -> start.kind() == Kind.STARTED
                                && (start.run() == null
                                        || end.run() == null
                                        || start.run().equals(end.run())));
            }
        }
    }

    @Test
    void watch_lostForAWhile_whatHappenedMeanwhileIsNotMissed() throws Exception {
        heard();
        ContractUnit ends = running();
        awaitUp(ends.service());
        assumeTrue(breakEvents(), "the event stream cannot be broken");

        stopOutside(ends.service());
        mendEvents();

        heard().awaitEventOrResync(ends.id(), Kind.ENDED, patience());
        assertThat(ends.state()).isEqualTo(State.STOPPED);
        int starts = heard().count(ends.id(), Kind.STARTED);
        ends.start();
        heard().await(ends.id(), Kind.STARTED, starts + 1, patience());
    }

    @Test
    void released_unitRunsOn_andIsFoundAgain() throws Exception {
        ContractUnit kept = plain();
        ContractUnit dropped = plain();
        kept.start();
        dropped.start();
        awaitUp(dropped.service());
        UnitStatus before = dropped.status();

        provider().released(dropped.id());
        ContractUnit again = dropped.at(provider());

        assertThat(kept.state()).as("state of the other unit").isEqualTo(State.RUNNING);
        assertThat(again.status()).isEqualTo(before);
        stopOutside(again.service());
        if (can(Capability.WATCH)) {
            heard().await(again.id(), Kind.ENDED, 1, patience());
        }
        assertThat(again.state()).isEqualTo(State.STOPPED);
    }

    private void ended(Call verb) throws Exception {
        ContractUnit unit = running();
        String run = unit.status().run();

        UnitEvent event = eventOf(unit, verb, Kind.ENDED, State.STOPPED, run);

        Exit exit = unit.status().exit();
        if (event.exit() != null && exit != null) {
            assertThat(exit).as("exit by status and by event").isEqualTo(event.exit());
        }
    }

    /** Calls a verb and waits for its event, whichever comes first; the status must tell by then what the event told. */
    private UnitEvent eventOf(ContractUnit unit, Call verb, Kind kind, State state, @Nullable String run)
            throws Exception {
        HeardEvents heard = heard();
        int before = heard.count(unit.id(), kind);
        OngoingCall begun = unit.begin(verb);

        UnitEvent event = heard.await(unit.id(), kind, before + 1, patience());
        UnitStatus status = unit.status();
        Outcome outcome = begun.end().done();

        assertThat(status.state()).as("state when %s was told", kind).isEqualTo(state);
        assertThat(unit.state()).as("state when %s returned", verb).isEqualTo(state);
        String known = verb == Call.START ? (String) outcome.value() : run;
        if (event.run() != null && known != null) {
            assertThat(event.run()).as("run of the event").isEqualTo(known);
        }
        return event;
    }
}
