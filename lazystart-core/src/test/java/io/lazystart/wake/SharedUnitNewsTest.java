// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a service on a unit that others use makes of news that come late. */
class SharedUnitNewsTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("out of luck"));

    private final HouseHarness house =
            new HouseHarness().serviceOn("box", "web", s -> {}).serviceOn("box", "api", s -> {});

    private UnitWatcher owner;
    private SharedUnit view;

    @BeforeEach
    void webWakes() {
        house.open();
        assertThat(house.acquire("web")).isCompleted();
        owner = house.watcher("scripted:box");
        view = new SharedUnit("late", house.unit("box"), owner, new Doubts(owner::giveUpIf));
    }

    /** Tells it all there was to be told from the beginning. */
    private List<UnitEvent> told() {
        List<UnitEvent> told = new ArrayList<>();
        house.events("scripted:box").events().forEach(event -> view.on(event, told::add));
        return told;
    }

    private void sleepsAndIsWokenAgain() {
        house.watcher("web").sleepNow();
        house.time.runDue();
        assertThat(house.acquire("web")).isCompleted();
        assertThat(house.unit("box").count(Call.START)).isEqualTo(2);
    }

    @Test
    void unitWasStartedAnewForAnother_whatAServiceUsedIsOver_alsoBeforeItIsTold() {
        String run = view.start();

        sleepsAndIsWokenAgain();

        assertThat(view.status().state()).isEqualTo(State.STOPPED);
        assertThat(told())
                .containsExactly(new UnitEvent(view.id(), UnitEvent.Kind.ENDED, run, new Exit(0, false, List.of())));
        assertThat(view.status().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void unitIsRestartedAsUnhealthy_whoReadsItBeforeThatIsTold_takesItForNoEnd() {
        long run = Long.parseLong(view.start());
        house.unit("box").on(Call.STOP, () -> {
            assertThatThrownBy(view::status).hasMessageContaining("is being restarted");
            assertThat(view.start()).as("asked for before").isEqualTo(Long.toString(run));
            return house.verbs.add("box STOP");
        });

        view.hold(run);
        view.doubts().leave(view, run, Reason.of(Reason.Kind.UNHEALTHY, "late: unhealthy: HTTP 503"));
        house.time.runDue();
        assertThat(house.verbs).containsExactly("box START", "box STOP");
        assertThat(house.acquire("web")).isCompleted();

        assertThat(view.status().state()).as("another run").isEqualTo(State.STOPPED);
        assertThat(told()).extracting(UnitEvent::kind).containsExactly(UnitEvent.Kind.ENDED);
        view.start();
        assertThat(view.status().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void unitWasStartedAnewWithoutRest_whatAServiceUsedIsOver() {
        String run = view.start();
        sleepsAndIsWokenAgain();

        List<UnitEvent> told = new ArrayList<>();
        house.events("scripted:box").events().stream()
                .filter(event -> event.type() != WakeEvent.Type.NAPPING)
                .forEach(event -> view.on(event, told::add));

        assertThat(told).extracting(UnitEvent::kind, UnitEvent::run).containsExactly(tuple(UnitEvent.Kind.ENDED, run));
    }

    @Test
    void endOfAnEarlierRun_isToldLate_theRunThatIsUsedGoesOn() {
        sleepsAndIsWokenAgain();
        String run = view.start();

        assertThat(told()).isEmpty();

        assertThat(view.status()).isEqualTo(new UnitStatus(State.RUNNING, run, null));
    }

    @Test
    void unitIsRestartedFromOutside_aServiceThatUsesItGoesOnWithTheNewRun() {
        view.start();

        house.unit("box").become(State.STOPPED);
        house.unit("box").startOutside();
        house.advance(ofMillis(1));

        assertThat(told()).extracting(UnitEvent::kind).containsExactly(UnitEvent.Kind.CHANGED);
        assertThat(view.status().state()).isEqualTo(State.RUNNING);
        assertThat(told()).isEmpty();
    }

    @Test
    void restartFromOutsideIsReadBeforeItIsTold_theEndOfTheEarlierRunEndsNothing() {
        view.start();
        house.unit("box").end(CODE_3);
        house.time.runDue();
        house.unit("box").startOutside();
        house.time.runDue();

        UnitStatus read = view.status();
        assertThat(read.state()).isEqualTo(State.RUNNING);

        assertThat(told())
                .extracting(UnitEvent::kind, UnitEvent::run)
                .containsExactly(tuple(UnitEvent.Kind.CHANGED, read.run()));
        assertThat(view.status()).isEqualTo(read);
    }
}
