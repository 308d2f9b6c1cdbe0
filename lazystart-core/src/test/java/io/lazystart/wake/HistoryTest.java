// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.event.Cause;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.LifeEntry;
import io.lazystart.watch.LifeEntry.Kind;
import io.lazystart.watch.LifeEntry.Outcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who woke it, who put it to sleep, and how that ended. */
class HistoryTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no such table"));
    private static final Cause BOB = Cause.person("bob");

    private static LifeEntry last(WatcherHarness h) {
        List<LifeEntry> history = h.watcher.history();
        return history.get(history.size() - 1);
    }

    @Test
    void neverWoken_isEmpty() {
        assertThat(new WatcherHarness().watcher.history()).isEmpty();
    }

    @Test
    void wokenByARequest_isRemembered_withCallerTimeAndHowLongItTook() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.advance(ofSeconds(1));
        Instant asked = h.ticker.wall();
        h.callerComes();
        assertThat(h.watcher.history()).isEmpty();

        h.advance(ofSeconds(2));
        h.unit.listensOn(8080);
        h.advance(ofSeconds(1));

        LifeEntry wake = last(h);
        assertThat(wake.kind()).isEqualTo(Kind.WAKE);
        assertThat(wake.cause()).isEqualTo(WatcherHarness.REQUEST);
        assertThat(wake.at()).isEqualTo(asked);
        assertThat(wake.took()).isBetween(ofSeconds(2), ofMillis(2_100));
        assertThat(wake.outcome()).isEqualTo(Outcome.DONE);
        assertThat(wake.endedBy()).isNull();
        assertThat(wake.epoch()).isEqualTo(1);
    }

    @Test
    void crowdOfCallers_isOneWake_ofTheFirst() {
        WatcherHarness h = new WatcherHarness();
        h.watcher.wake(BOB);
        h.callerComes();
        h.callerComes();

        assertThat(h.watcher.history())
                .singleElement()
                .extracting(LifeEntry::cause)
                .isEqualTo(BOB);
    }

    @Test
    void sleptByIdleness_isRemembered() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(10)));
        h.wakeAndRelease();

        h.advance(ofSeconds(10));

        assertThat(h.watcher.history()).extracting(LifeEntry::kind).containsExactly(Kind.WAKE, Kind.SLEEP);
        assertThat(last(h).cause().kind()).isEqualTo(Cause.Kind.IDLE);
        assertThat(last(h).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void person_wakesAndPutsToSleep() {
        WatcherHarness h = new WatcherHarness();

        h.watcher.wake(BOB);
        h.time.runDue();
        h.watcher.sleep();
        h.time.runDue();

        assertThat(h.watcher.history()).extracting(LifeEntry::kind).containsExactly(Kind.WAKE, Kind.SLEEP);
        assertThat(h.watcher.history().get(0).cause()).isEqualTo(BOB);
        assertThat(last(h).cause().kind()).isEqualTo(Cause.Kind.PERSON);
    }

    @Test
    void putToSleepWhileStarting_theWakeIsCutShortByWhoDidIt() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.callerComes();

        h.watcher.sleepNow();
        h.time.runDue();

        assertThat(h.watcher.history())
                .extracting(LifeEntry::kind, LifeEntry::outcome)
                .containsExactly(tuple(Kind.WAKE, Outcome.CUT_SHORT), tuple(Kind.SLEEP, Outcome.DONE));
        LifeEntry wake = h.watcher.history().get(0);
        assertThat(wake.cause()).isEqualTo(WatcherHarness.REQUEST);
        assertThat(wake.endedBy()).isEqualTo(last(h).cause());
    }

    @Test
    void askedForWhileItIsPutToSleep_theSleepIsDoneAndTheWakeFollows() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();
        h.hanging = true;
        h.watcher.sleepNow();
        h.callerComes();

        h.hanging = false;
        h.hung.remove(0).run();
        h.time.runDue();

        assertThat(h.watcher.history()).extracting(LifeEntry::kind).containsExactly(Kind.WAKE, Kind.SLEEP, Kind.WAKE);
        assertThat(h.watcher.history()).extracting(LifeEntry::outcome).containsOnly(Outcome.DONE);
        assertThat(last(h).cause()).isEqualTo(WatcherHarness.REQUEST);
    }

    @Test
    void hostCloses_theSleepIsItsDoing() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.STOP));
        h.wakeAndRelease();

        assertThat(h.watcher.close(false)).isNotNull();
        h.time.runDue();

        assertThat(last(h).kind()).isEqualTo(Kind.SLEEP);
        assertThat(last(h).cause().kind()).isEqualTo(Cause.Kind.CLOSE);
    }

    @Test
    void hostClosesAndLeavesTheUnit_aWakeUnderWayIsCutShort() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        h.callerComes();

        assertThat(h.watcher.close(false)).isNotNull();
        h.time.runDue();

        assertThat(h.watcher.history()).singleElement().satisfies(wake -> {
            assertThat(wake.outcome()).isEqualTo(Outcome.CUT_SHORT);
            assertThat(wake.endedBy()).extracting(Cause::kind).isEqualTo(Cause.Kind.CLOSE);
        });
    }

    @Test
    void startFails_theWakeFailedWithTheReason() {
        WatcherHarness h = new WatcherHarness();
        h.unit.on(Call.START, () -> {
            throw new ProviderException("no such binary", CODE_3, null);
        });

        h.callerComes();

        assertThat(last(h).kind()).isEqualTo(Kind.WAKE);
        assertThat(last(h).cause()).isEqualTo(WatcherHarness.REQUEST);
        assertThat(last(h).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(last(h).endedBy()).extracting(Cause::toString).asString().contains("no such binary");
    }

    @Test
    void diesWhileReady_isADeathOfItsOwn() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();

        h.unit.end(CODE_3);
        h.time.runDue();

        assertThat(h.watcher.history()).extracting(LifeEntry::kind).containsExactly(Kind.WAKE, Kind.DEATH);
        assertThat(last(h).cause().detail()).contains("exit code 3");
        assertThat(last(h).took()).isZero();
    }

    @Test
    void foundRunning_isAWakeFromOutside_andFoundStoppedASleep() {
        WatcherHarness h = new WatcherHarness();

        h.unit.startOutside();
        h.time.runDue();
        h.unit.end(new Exit(0, false, List.of()));
        h.time.runDue();

        assertThat(h.watcher.history()).extracting(LifeEntry::kind).containsExactly(Kind.WAKE, Kind.SLEEP);
        assertThat(h.watcher.history())
                .extracting(entry -> entry.cause().kind())
                .containsOnly(Cause.Kind.OUTSIDE);
        assertThat(last(h).took()).isEqualTo(ZERO);
    }

    @Test
    void hundredAreKept_theOldestGoesFirst() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(1)));
        for (int i = 0; i < 60; i++) {
            h.wakeAndRelease();
            h.advance(ofSeconds(1));
        }

        List<LifeEntry> history = h.watcher.history();

        assertThat(history).hasSize(100);
        assertThat(history.get(0).epoch()).isEqualTo(21);
        assertThat(history.get(99).epoch()).isEqualTo(120);
    }

    @Test
    void historyGiven_isACopy() {
        WatcherHarness h = new WatcherHarness();
        h.wakeAndRelease();
        List<LifeEntry> before = h.watcher.history();

        h.watcher.sleepNow();
        h.time.runDue();

        assertThat(before).hasSize(1);
    }

    @Test
    void transition_isOneLineOfTheLog_withItsCause_whateverStandsInIt() {
        WatcherHarness h = new WatcherHarness();
        try (RecordedLog log = new RecordedLog("io.lazystart")) {
            h.watcher.wake(Cause.request("GET /a\n12:00 INFO forged from 192.0.2.7, rule page"));
            h.time.runDue();

            assertThat(log.at(Level.INFO))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains("request: GET /a 12:00 INFO forged from 192.0.2.7, rule page")
                            .doesNotContain("\n"));
        }
    }
}
