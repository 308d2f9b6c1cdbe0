// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Things that happen at the same moment, or between two others; each was found by the simulation or under load. */
class CrossingsTest {
    private static final Exit CODE_0 = new Exit(0, false, List.of());
    private static final Exit CODE_1 = new Exit(1, false, List.of());

    @Test
    void lastReleaseTold_afterALeaseWasTakenAndADrainBegan_doesNotEndTheDrain() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(0)));
        Lease first = h.acquire().join();

        first.close();
        Lease second = h.watcher.tryAcquire();
        h.watcher.sleep();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.STOPPING);
        assertThat(h.unit.calls()).containsExactly(Call.START);
        second.close();
        h.time.runDue();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void lastReleaseTold_whileTheDecisionToDrainIsMade_endsTheDrain() throws InterruptedException {
        WatcherHarness h = new WatcherHarness();
        Lease lease = h.acquire().join();
        Thread other = new Thread(h.time::runDue, "hears of the release");
        h.amidDecision.set(() -> {
            lease.close();
            other.start();
            while (other.getState() != Thread.State.WAITING && other.isAlive()) {
                Thread.onSpinWait();
            }
        });

        h.watcher.sleep();
        other.join();
        h.time.runDue();

        assertThat(h.amidDecision.isDone()).isTrue();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void pinnedReadyUponADependencyPinnedAsleep_triesAgainAfterTheLongestBackOff() {
        HouseHarness h = new HouseHarness()
                .service("db", s -> {})
                .service("app", s -> s.dependsOn("db"))
                .open();
        h.watcher("db").pin(Pin.NAPPING);

        h.watcher("app").pin(Pin.READY);
        h.advance(ofMillis(2500));

        assertThat(h.events("app").types().stream().filter(type -> type.name().equals("STARTING")))
                .hasSize(1);
        h.watcher("db").pin(Pin.NONE);
        h.advance(ofMinutes(5));
        assertThat(h.status("app")).isEqualTo(Status.READY);
    }

    @Test
    void pausedUnitEnds_dependenciesAreGivenBack() {
        HouseHarness h = pausedApp();
        assertThat(h.status("db")).isEqualTo(Status.READY);

        h.unit("app").end(CODE_0);
        h.time.runDue();

        assertThat(h.status("db")).isEqualTo(Status.NAPPING);
    }

    @Test
    void wakeWhileALostDependencyIsStartedAgain_waitsForIt() {
        HouseHarness h = pausedApp();
        h.slow = "db";

        h.unit("db").end(CODE_1);
        h.time.runDue();
        h.watcher("app").wake(Cause.person("test"));
        h.time.runDue();

        assertThat(h.status("app")).isEqualTo(Status.STARTING);
        assertThat(h.unit("app").count(Call.UNPAUSE)).isZero();
        h.slow = null;
        h.hung.forEach(h.time::execute);
        h.time.runDue();
        assertThat(h.unit("app").count(Call.UNPAUSE)).isOne();
    }

    private static HouseHarness pausedApp() {
        HouseHarness h = new HouseHarness()
                .service("db", s -> {})
                .service(
                        "app",
                        s -> s.dependsOn("db")
                                .idleTimeout(ofSeconds(10))
                                .stop(new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(30), ofSeconds(30))))
                .open();
        h.acquire("app").join().close();
        h.advance(ofSeconds(10));
        assertThat(h.status("app")).isEqualTo(Status.NAPPING);
        return h;
    }

    @Test
    void jobHasEndedBeforeItsStartReturned_countsByTheRunThatWasStarted() {
        HouseHarness h = new HouseHarness()
                .service("job", s -> s.idleTimeout(ofMinutes(10)))
                .service("app", s -> s.dependsOn(new DependencyConfig("job", Condition.COMPLETED, false, false)))
                .open();
        h.slow = "job";
        h.watcher("job").wake(Cause.person("test"));
        h.time.runDue();
        runHung(h);
        h.unit("job").startOutside();
        h.unit("job").end(CODE_0);
        h.time.runDue();
        assertThat(h.status("job")).isEqualTo(Status.STARTING);

        h.slow = null;
        runHung(h);
        assertThat(h.status("job")).isEqualTo(Status.STARTING);
        h.unit("job").end(CODE_0);
        h.time.runDue();

        assertThat(h.acquire("job")).isCompleted();
    }

    private static void runHung(HouseHarness h) {
        List<Runnable> calls = List.copyOf(h.hung);
        h.hung.clear();
        calls.forEach(Runnable::run);
        h.time.runDue();
    }

    @Test
    void dependencyFailsTheWakeOfAUnitThatWasNotReadyInTime_probingEnds() {
        HouseHarness h = new HouseHarness()
                .service("db", s -> s.idleTimeout(ofMinutes(10)))
                .service("app", s -> s.dependsOn("db").wakeTimeout(ofSeconds(5)))
                .open();
        h.unit("app").willListen();
        h.watcher("app").wake(Cause.person("test"));
        h.advance(ofSeconds(6));
        assertThat(h.status("app")).isEqualTo(Status.ERROR);
        h.watcher("db").pin(Pin.NAPPING);
        h.advance(ofSeconds(40));

        h.watcher("app").wake(Cause.person("test"));
        h.unit("app").end(CODE_1);
        h.advance(ofSeconds(5));
        int probes = h.unit("app").count(Call.ADDRESS);
        h.advance(ofSeconds(5));

        assertThat(h.unit("app").count(Call.ADDRESS)).isEqualTo(probes);
    }

    @Test
    void unitIsStartedAnewWhileItIsProbed_addressOfTheEarlierRunCountsForNothing() {
        WatcherHarness h = WatcherHarness.slow(ofMinutes(1), ofMinutes(1));
        h.unit.willListen();
        CompletableFuture<Lease> caller = h.acquire();
        h.hanging = true;
        h.unit.listensOn(1111);
        h.advance(ofMillis(1));
        assertThat(h.hung).as("a probe of the first run").hasSize(1);

        h.unit.become(UnitStatus.State.STOPPED);
        h.unit.startOutside();
        h.watcher.onResync();
        h.hung.remove(1).run();
        h.hung.remove(0).run();
        h.time.runDue();

        assertThat(caller).isNotDone();
        h.unit.listensOn(2222);
        h.hanging = false;
        h.hung.forEach(Runnable::run);
        h.time.runDue();
        assertThat(caller.join().upstream()).hasPort(2222);
    }

    @Test
    void probeSucceeds_whileAReadFindsAnotherRun_callerIsSentToThatOne() {
        WatcherHarness h = WatcherHarness.slow(ofMinutes(1), ofMinutes(1));
        h.unit.listensOn(1111);
        Runnable anotherRunIsRead = () -> {
            h.providerCalls = read -> {
                h.providerCalls = h.time;
                read.run();
            };
            h.unit.become(UnitStatus.State.STOPPED);
            h.unit.listensOn(2222);
            h.unit.startOutside();
        };
        h.atNextProbe.set(() -> h.atNextLookAtTheClock.set(anotherRunIsRead));

        CompletableFuture<Lease> caller = h.acquire();

        assertThat(caller.join().upstream()).hasPort(2222);
    }

    @Test
    void closeWhileAStopIsInFlight_itsDeadlineIsNotExtended() {
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofSeconds(0))
                .onClose(ServiceConfig.OnClose.STOP)
                .stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(2), ofSeconds(0))));
        Lease lease = h.acquire().join();
        h.hanging = true;
        lease.close();
        h.advance(ofSeconds(11));

        assertThat(h.watcher.close(false)).isNotDone();
        h.advance(ofSeconds(6));

        assertThat(h.hung)
                .as("the stop that was given up, and the read after it")
                .hasSize(2);
    }

    @Test
    void dependencyIsWantedNoMore_beforeItWasAskedFor_isNotWoken() {
        HouseHarness h = new HouseHarness()
                .service("db", s -> {})
                .service("app", s -> s.dependsOn("db"))
                .open();
        h.slow = "app";

        h.watcher("app").wake(Cause.person("test"));
        h.watcher("app").sleep();
        runHung(h);

        assertThat(h.status("app")).isEqualTo(Status.NAPPING);
        assertThat(h.unit("db").count(Call.START)).isZero();
    }
}
