// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ofNanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.time.Scheduler.Timer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final FakeTicker ticker = new FakeTicker();
    private final VirtualScheduler time = new VirtualScheduler(ticker);
    private final Deadlines deadlines = new Deadlines(ticker, time, 100);
    private final List<String> passed = new ArrayList<>();

    private Timer set(String name) {
        return deadlines.set(() -> passed.add(name));
    }

    private void advance(long nanos) {
        time.advance(ofNanos(nanos));
    }

    @Test
    void set_passesWhenItsTimeHasCome_once() {
        set("a");

        advance(99);
        assertThat(passed).isEmpty();
        advance(1);
        assertThat(passed).containsExactly("a");
        advance(1_000);
        assertThat(passed).containsExactly("a");
    }

    @Test
    void many_passInTheirOrder_eachAtItsOwnTime() {
        set("a");
        set("b");
        advance(30);
        set("c");

        advance(70);
        assertThat(passed).containsExactly("a", "b");
        advance(29);
        assertThat(passed).containsExactly("a", "b");
        advance(1);
        assertThat(passed).containsExactly("a", "b", "c");
    }

    @Test
    void cancelled_wherever_doesNotPass_andTheOthersDo() {
        Timer first = set("first");
        advance(10);
        set("second");
        Timer third = set("third");
        set("fourth");
        Timer last = set("last");

        List.of(first, third, last).forEach(Timer::cancel);
        advance(99);
        assertThat(passed).isEmpty();
        advance(1);

        assertThat(passed).containsExactly("second", "fourth");
    }

    @Test
    void cancelledTwice_orAfterItHasPassed_changesNothing() {
        Timer a = set("a");
        advance(100);
        Timer b = set("b");
        set("c");

        a.cancel();
        b.cancel();
        b.cancel();
        advance(100);

        assertThat(passed).containsExactly("a", "c");
    }

    @Test
    void many_haveOneTimer_andNoneOnceAllHaveGone() {
        List<Timer> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(set("x"));
        }
        assertThat(time.pending()).isOne();

        all.forEach(Timer::cancel);

        assertThat(time.pending()).isZero();
    }

    @Test
    void allCancelledAndSetAnew_passesAtItsOwnTime() {
        set("a").cancel();
        advance(50);
        set("b");

        advance(99);
        assertThat(passed).isEmpty();
        advance(1);

        assertThat(passed).containsExactly("b");
        assertThat(time.pending()).isZero();
    }

    @Test
    void timerRunsThatWasCancelledTooLate_noOtherIsMade() {
        List<Runnable> timers = new ArrayList<>();
        Deadlines late = new Deadlines(
                ticker,
                (task, delay) -> {
                    timers.add(task);
                    return () -> {}; // it runs already
                },
                100);
        late.set(() -> {}).cancel();
        late.set(() -> passed.add("b"));
        assertThat(timers).hasSize(2);

        timers.get(0).run();

        assertThat(timers).hasSize(2);
        ticker.advance(ofNanos(100));
        timers.get(1).run();
        assertThat(passed).containsExactly("b");
    }

    @Test
    void taskThatSetsAnother_setsIt() {
        deadlines.set(() -> set("b"));

        advance(100);
        assertThat(passed).isEmpty();
        advance(100);

        assertThat(passed).containsExactly("b");
    }

    @Test
    void taskThatSetsAnother_thoseInBetweenPassAtTheirOwnTime() {
        deadlines.set(() -> set("c"));
        advance(30);
        set("b");

        advance(70);
        advance(29);
        assertThat(passed).isEmpty();
        advance(1);
        assertThat(passed).containsExactly("b");
        advance(70);

        assertThat(passed).containsExactly("b", "c");
        assertThat(time.pending()).isZero();
    }

    @Test
    void taskThatFails_theOthersPass() {
        deadlines.set(() -> {
            throw new IllegalStateException("expected");
        });
        set("b");

        advance(100);

        assertThat(passed).containsExactly("b");
    }
}
