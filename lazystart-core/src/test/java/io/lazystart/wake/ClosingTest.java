// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The host closes. */
class ClosingTest {
    @Test
    void closing_slowStop_isInterruptedAndKilledWithinTheTimeOfAClose() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.STOP));
        h.wakeAndRelease();
        h.hanging = true;
        CompletableFuture<Void> closed = h.watcher.close(false).toCompletableFuture();
        h.time.runDue();

        h.hanging = false;
        h.advance(ofSeconds(20));

        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.KILL);
    }

    @Test
    void close_waitersEndWithClosing_andTheStartIsInterrupted() {
        WatcherHarness h = WatcherHarness.slow(ofSeconds(60), ofMinutes(3));
        CompletableFuture<Lease> caller = h.acquire();

        var closed = h.watcher.close(false).toCompletableFuture();
        h.time.runDue();

        assertThat(reason(caller).kind()).isEqualTo(Kind.CLOSING);
        assertThat(closed).isCompleted();
        assertThat(reason(h.acquire()).kind()).isEqualTo(Kind.CLOSING);
    }

    @Test
    void close_onCloseLeave_leavesTheUnitRunningAndTellsHolders() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.LEAVE));
        List<Reason> lost = new ArrayList<>();
        h.acquire().join().onLost(lost::add);

        var closed = h.watcher.close(false).toCompletableFuture();
        h.time.runDue();

        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START);
        assertThat(lost).extracting(Reason::kind).containsExactly(Kind.CLOSING);
        assertThat(h.watcher.tryAcquire()).isNull();
    }

    @Test
    void close_onCloseStop_stopsTheUnit() {
        WatcherHarness h = new WatcherHarness(s -> s.onClose(OnClose.STOP));
        h.wakeAndRelease();

        var closed = h.watcher.close(false).toCompletableFuture();
        h.time.runDue();

        assertThat(closed).isCompleted();
        assertThat(h.unit.calls()).containsExactly(Call.START, Call.STOP);
    }
}
