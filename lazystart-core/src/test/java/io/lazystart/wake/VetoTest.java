// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.watch.IdleVeto;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may object to a sleep by idleness, and who is not heard. */
class VetoTest {
    private final List<String> asked = new ArrayList<>();
    private boolean busy;

    @TempDir
    Path proc;

    private boolean ask(String service) {
        asked.add(service);
        return busy;
    }

    private static WatcherHarness harness(IdleVeto... vetoes) {
        return new WatcherHarness(s -> s.idleTimeout(ofMinutes(1)), 100, List.of(vetoes));
    }

    @Test
    void idle_nobodyObjects_sleeps() {
        WatcherHarness h = harness(this::ask, this::ask);
        h.wakeAndRelease();

        h.advance(ofMinutes(1));

        assertThat(asked).containsExactly("notes", "notes");
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void idle_oneIsBusy_idleTimeStartsAnew() {
        WatcherHarness h = harness(service -> false, this::ask);
        h.wakeAndRelease();
        busy = true;
        h.advance(ofMinutes(1));
        busy = false;

        h.advance(ofMinutes(1).minusMillis(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofMillis(1));

        assertThat(asked).hasSize(2);
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void twoAnswerAtTheSameMoment_theBusyOneCounts() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        WatcherHarness h = harness(service -> meet(arrived), service -> !meet(arrived));
        h.wakeAndRelease();
        h.undecided = true;
        ExecutorService threads = Executors.newFixedThreadPool(2);

        try {
            for (int i = 0; i < 5_000; i++) {
                h.advance(ofMinutes(1));
                List<Runnable> questions = List.copyOf(h.unanswered);
                h.unanswered.clear();
                assertThat(questions).hasSize(2);
                for (Future<?> answer : questions.stream().map(threads::submit).toList()) {
                    answer.get();
                }
                h.time.runDue();
                assertThat(h.status()).isEqualTo(Status.READY);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns true as soon as another calls it too. */
    private static boolean meet(AtomicInteger arrived) {
        int pair = (arrived.getAndIncrement() | 1) + 1;
        while (arrived.get() < pair && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
        return true;
    }

    @Test
    void asking_leaseIsTakenAndGivenBack_answerDoesNotPutItToSleep() {
        WatcherHarness h = harness(this::ask);
        h.wakeAndRelease();
        h.undecided = true;
        h.advance(ofMinutes(1));
        h.advance(ofMillis(1));
        h.wakeAndRelease();

        h.unanswered.remove(0).run();
        h.advance(ofSeconds(59));

        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void vetoThrows_isNotBusy_andCounted() {
        WatcherHarness h = harness(
                service -> {
                    throw new IOException("broken");
                },
                this::ask);
        h.wakeAndRelease();

        h.advance(ofMinutes(1));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.watcher.snapshot().failedVetoes()).isEqualTo(1);
    }

    @Test
    void vetoDoesNotAnswer_isNotBusyAfterFiveSeconds_andCounted() {
        WatcherHarness h = harness(this::ask);
        h.wakeAndRelease();
        h.undecided = true;

        h.advance(ofSeconds(65).minusMillis(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        Lease meanwhile = h.watcher.tryAcquire();
        assertThat(meanwhile).isNotNull();
        h.time.runDue();
        assertThat(h.watcher.snapshot().failedVetoes()).isZero();
        h.advance(ofMillis(1));
        assertThat(h.status()).isEqualTo(Status.READY); // a lease is open
        assertThat(h.watcher.snapshot().failedVetoes()).isEqualTo(1);
        meanwhile.close();
        h.advance(ofMinutes(1).plusSeconds(5));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.watcher.snapshot().failedVetoes()).isEqualTo(2);
    }

    @Test
    void lateAnswerOfAnEarlierQuestion_isVoid() {
        WatcherHarness h = harness(this::ask);
        h.wakeAndRelease();
        h.undecided = true;
        h.advance(ofMinutes(1));
        h.watcher.pin(Pin.READY);
        h.watcher.pin(Pin.NONE); // idle time begins anew, the question is forgotten
        busy = true;
        Runnable late = h.unanswered.remove(0);
        h.advance(ofMinutes(1));
        assertThat(h.unanswered).hasSize(1);

        late.run();
        h.time.runDue();
        assertThat(h.status()).isEqualTo(Status.READY);
        busy = false;
        h.unanswered.remove(0).run();
        h.time.runDue();

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void personPutsToSleep_nobodyIsAsked() {
        WatcherHarness h = harness(this::ask);
        h.wakeAndRelease();
        busy = true;

        h.watcher.sleep();
        h.time.runDue();

        assertThat(asked).isEmpty();
        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void hostSaysBusy_staysAwakeUntilTheTimeHasPassed() {
        WatcherHarness h = harness();
        h.wakeAndRelease();
        h.watcher.busy(ofMinutes(10));
        h.watcher.busy(ofSeconds(1)); // a shorter time changes nothing

        h.advance(ofMinutes(10).minusMillis(1));
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofMillis(1));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void hostSaysBusy_afterTheLastVetoHasAnswered_staysAwake() {
        AtomicReference<WatcherHarness> asking = new AtomicReference<>();
        WatcherHarness h = harness(service -> {
            WatcherHarness harness = asking.get();
            harness.atNextLookAtTheClock.set(() -> harness.watcher.busy(ofMinutes(10)));
            return false;
        });
        asking.set(h);
        h.wakeAndRelease();

        h.advance(ofMinutes(1));

        assertThat(h.atNextLookAtTheClock.isDone()).isTrue();
        assertThat(h.status()).isEqualTo(Status.READY);
    }

    @Test
    void hostSaysBusy_asleep_wakesNothing() {
        WatcherHarness h = harness();

        h.watcher.busy(ofMinutes(10));
        h.advance(ofMinutes(1));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
        assertThat(h.unit.calls()).isEmpty();
    }

    @Test
    void processesUseTheirShareInTheLastMinute_stayAwake() throws IOException {
        WatcherHarness h = computing();
        h.wakeAndRelease();

        for (int seconds = 0; seconds < 600; seconds += 10) {
            used(7, seconds / 3); // a third of a core
            h.advance(ofSeconds(10));
        }
        assertThat(h.status()).isEqualTo(Status.READY);
        h.advance(ofMinutes(6));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void processesUsedMuchLongAgo_sleep() throws IOException {
        WatcherHarness h = computing();
        h.wakeAndRelease();
        h.advance(ofSeconds(150));
        used(7, 150); // half of the whole idle time, but none of its last minute

        h.advance(ofSeconds(150));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    @Test
    void processesUseLess_sleep() throws IOException {
        WatcherHarness h = computing();
        h.wakeAndRelease();
        for (int seconds = 0; seconds < 300; seconds += 10) {
            used(7, seconds / 10); // a tenth of a core
            h.advance(ofSeconds(10));
        }

        h.advance(ofSeconds(10));

        assertThat(h.status()).isEqualTo(Status.NAPPING);
    }

    private WatcherHarness computing() throws IOException {
        used(7, 0);
        WatcherHarness h = new WatcherHarness(s -> s.idleTimeout(ofMinutes(5)).busyCpu(20), 100, List.of(), proc);
        h.unit.consistsOf(7L, 8L); // the second is gone already
        return h;
    }

    /** Half by itself, half by children that have ended. */
    private void used(long pid, long seconds) throws IOException {
        long half = seconds * 25;
        Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                proc.resolve(pid + "/stat"),
                pid + " (a (b) c) S 1 7 7 0 -1 0 0 0 0 0 " + half + " " + half + " " + half + " " + half
                        + " 20 0 1 0 99 0 0");
    }

    @Test
    void hostSaysBusy_whileTheVetoesAreAsked_staysAwake() {
        WatcherHarness h = harness(this::ask);
        h.wakeAndRelease();
        h.undecided = true;
        h.advance(ofMinutes(1));

        h.watcher.busy(ofSeconds(30));
        h.unanswered.forEach(Runnable::run);
        h.time.runDue();

        assertThat(asked).hasSize(1);
        assertThat(h.status()).isEqualTo(Status.READY);
    }
}
