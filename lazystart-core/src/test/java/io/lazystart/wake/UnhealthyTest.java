// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.SICK;
import static io.lazystart.wake.WatcherHarness.WELL;
import static io.lazystart.wake.WatcherHarness.failure;
import static io.lazystart.wake.WatcherHarness.reason;
import static io.lazystart.wake.WatcherHarness.watched;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.StopConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.LifeEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A unit that was found unhealthy, until it is well, down or restarted. */
class UnhealthyTest {
    @Test
    void unhealthy_oneGoodProbe_servesWaitersInTheSameIncarnation() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = h.acquire();

        h.seen = WELL;
        h.advance(ofSeconds(1));

        assertThat(caller).isCompleted();
        assertThat(caller.join().epoch()).isEqualTo(lease.epoch());
        assertThat(caller.join().upstream()).isEqualTo(lease.upstream());
        assertThat(h.watcher.snapshot().leases()).isEqualTo(2);
        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.calls()).containsExactly(Call.START);
        assertThat(h.events.types())
                .endsWith(WakeEvent.Type.STARTING, WakeEvent.Type.WAITING_READY, WakeEvent.Type.READY);
    }

    @Test
    void wellAgain_leasesEnd_sleepsAfterItsIdleTime() {
        WatcherHarness h = watched(s -> s.idleTimeout(ofMinutes(5)));
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        h.seen = WELL;
        h.advance(ofSeconds(1));

        lease.close();
        h.advance(ofMinutes(5).minusMillis(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofMillis(1));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void unhealthy_lastLeaseCloses_isRestartedForThoseWhoWait() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = h.acquire();

        lease.close();
        h.seen = WELL;
        h.time.runDue();

        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP, Call.START);
        assertThat(caller).isCompleted();
        assertThat(caller.join().epoch()).isGreaterThan(lease.epoch());
    }

    @Test
    void unhealthy_drainPasses_leaseIsLostAndTheUnitRestarted() {
        WatcherHarness h =
                watched(s -> s.stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(30), ofSeconds(20))));
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);
        h.seen = SICK;

        h.advance(ofSeconds(49));
        assertThat(h.unit.calls()).containsExactly(Call.START);
        h.advance(ofSeconds(1));

        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.UNHEALTHY);
    }

    @Test
    void unhealthyAndUnused_isPutDownAtOnce_andInErrorUntilTheNextCaller() {
        WatcherHarness h = watched();
        h.wakeAndRelease();
        h.seen = SICK;

        h.advance(ofSeconds(30));

        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
        assertThat(h.status()).isEqualTo(Status.ERROR);
        assertThat(Objects.requireNonNull(h.watcher.snapshot().reason()).kind()).isEqualTo(Kind.UNHEALTHY);
        h.seen = WELL;
        assertThat(h.acquire()).isCompleted();
    }

    @Test
    void unhealthyTwice_secondRestartBacksOff_waitersGetTheReason() {
        WatcherHarness h = watched();
        h.wakeAndRelease();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        h.seen = WELL;
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.complain();
        h.advance(ofSeconds(1));
        h.complain();
        h.advance(ofSeconds(1));
        h.complain();
        assertThat(h.status()).isEqualTo(Status.STARTING);
        CompletableFuture<Lease> caller = h.acquire();

        lease.close();
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.UNHEALTHY);
        assertThat(failure(caller).retryAfter()).isBetween(ofMillis(750), ofSeconds(1));
        assertThat(h.unit.count(Call.START)).isEqualTo(2);
    }

    @Test
    void unhealthyPausedService_isStoppedNotPaused() {
        WatcherHarness h =
                watched(s -> s.stop(new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(30), ofSeconds(30))));
        h.wakeAndRelease();
        h.seen = SICK;

        h.advance(ofSeconds(30));

        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }

    @Test
    void unhealthy_personPutsToSleep_waitersAreToldAndNothingRestarts() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = h.acquire();

        h.watcher.sleep();
        h.time.runDue();
        lease.close();
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.PUT_TO_SLEEP);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void unhealthy_pageAsksWithoutWaiting_isRestartedForIt() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        h.watcher.wake(WatcherHarness.REQUEST);

        h.seen = WELL;
        lease.close();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
        assertThat(h.unit.count(Call.START)).isEqualTo(2);
    }

    @Test
    void unhealthy_unitDiesUnheard_isFoundOutByARead() {
        WatcherHarness h = watched();
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);
        h.unit.become(State.STOPPED);
        h.seen = SICK;

        h.advance(ofSeconds(30));

        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.DIED);
        assertThat(h.status()).isEqualTo(Status.ERROR);
    }

    @Test
    void unhealthy_hostCloses_waitersEndAndTheUnitIsStopped() {
        WatcherHarness h = watched(s -> s.onClose(io.lazystart.config.ServiceConfig.OnClose.STOP));
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);
        h.seen = SICK;
        h.advance(ofSeconds(30));
        CompletableFuture<Lease> caller = h.acquire();

        CompletableFuture<Void> closed = h.watcher.close(false).toCompletableFuture();
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.CLOSING);
        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.CLOSING);
        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).endsWith(Call.STOP);
        h.advance(ofMinutes(1));
        assertThat(h.time.pending()).isZero();
    }

    @Test
    void unhealthy_personWakes_startsThoughItBacksOff() {
        WatcherHarness h = watched();
        h.wakeAndRelease();
        h.seen = SICK;
        h.advance(ofSeconds(30));

        h.seen = WELL;
        h.watcher.wake(Cause.person("operator"));
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void unhealthyAndWellAgain_isAWakeInTheHistory() {
        WatcherHarness h = watched();
        Lease lease = h.acquire().join();
        h.seen = SICK;
        h.advance(ofSeconds(30));
        h.seen = WELL;
        h.advance(ofSeconds(2));

        List<LifeEntry> history = h.watcher.history();
        assertThat(history).extracting(LifeEntry::kind).containsExactly(LifeEntry.Kind.WAKE, LifeEntry.Kind.WAKE);
        assertThat(history.get(1).outcome()).isEqualTo(LifeEntry.Outcome.DONE);
        assertThat(history.get(1).cause().detail()).isEqualTo("unhealthy: HTTP 503");
        lease.close();
    }
}
