// SPDX-License-Identifier: Apache-2.0
package io.lazystart.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.failure.Reason;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.watch.Lease;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The lease word by itself. */
class IncarnationTest {
    private static final Reason DIED = Reason.of(Reason.Kind.DIED, "ended");

    private final FakeTicker ticker = new FakeTicker();
    private final AtomicInteger zeros = new AtomicInteger();

    private Incarnation word(boolean sleepsAtOnce) {
        return new Incarnation(1, ticker, sleepsAtOnce, zeros::incrementAndGet);
    }

    private Incarnation open(int waiters) {
        Incarnation word = word(false);
        word.open(waiters, URI.create("http://127.0.0.1:1"));
        return word;
    }

    private static Lease take(Incarnation word) {
        return Objects.requireNonNull(word.tryAcquire(), "the word is open");
    }

    @Test
    void closedWord_givesNoLeaseAndCountsNothing() {
        Incarnation word = word(false);

        Lease lease = word.tryAcquire();

        assertThat(lease).isNull();
        assertThat(word.leases()).isZero();
    }

    @Test
    void opened_countsTheWaitersBeforeAnyOfThemRuns() {
        Incarnation word = open(2);

        assertThat(word.leases()).isEqualTo(2);
        assertThat(word.closeIfIdle(0)).isEqualTo(2);
        word.counted().close();
        word.counted().close();
        assertThat(word.leases()).isZero();
    }

    @Test
    void release_stampsTheTime() {
        Incarnation word = open(0);
        Lease lease = take(word);
        ticker.advance(Duration.ofNanos(42));

        assertThat(word.used()).isFalse();
        lease.close();

        assertThat(word.used()).isTrue();
        assertThat(word.lastRelease()).isEqualTo(42);
    }

    @Test
    void closeIfIdle_leaseCameAndWentSinceTheStamp_staysOpen() {
        Incarnation word = open(0);
        ticker.advance(Duration.ofNanos(7));
        take(word).close();

        assertThat(word.closeIfIdle(0)).isEqualTo(-1);
        assertThat(word.tryAcquire()).isNotNull();
    }

    @Test
    void closeIfIdle_unusedSinceTheStamp_closes() {
        Incarnation word = open(0);
        take(word).close();

        assertThat(word.closeIfIdle(word.lastRelease())).isZero();
        assertThat(word.tryAcquire()).isNull();
    }

    @Test
    void closedWithLeasesOpen_tellsTheLastReleaseOnce() {
        Incarnation word = open(0);
        Lease one = take(word);
        Lease two = take(word);

        assertThat(word.close()).isEqualTo(2);
        one.close();
        assertThat(zeros).hasValue(0);
        two.close();
        assertThat(word.tryAcquire()).isNull();

        assertThat(zeros).hasValue(1);
    }

    @Test
    void closedWithoutLeases_refusedAcquiresTellNobody() {
        Incarnation word = open(0);

        assertThat(word.close()).isZero();
        assertThat(word.tryAcquire()).isNull();

        assertThat(zeros).hasValue(0);
    }

    @Test
    void sleepsAtOnce_eachFallToZeroIsTold() {
        Incarnation word = word(true);
        word.open(0, null);

        take(word).close();
        take(word).close();

        assertThat(zeros).hasValue(2);
    }

    @Test
    void onLost_firesOnceForOpenLeasesOnly() {
        Incarnation word = open(0);
        List<String> told = new ArrayList<>();
        Lease open = take(word);
        Lease closed = take(word);
        open.onLost(reason -> told.add("open"));
        closed.onLost(reason -> told.add("closed"));

        closed.close();
        word.lose(DIED).forEach(Runnable::run);
        word.lose(DIED).forEach(Runnable::run);

        assertThat(told).containsExactly("open");
    }

    @Test
    void onLost_registeredAfterTheLoss_firesAtOnce() {
        Incarnation word = open(0);
        Lease lease = take(word);
        assertThat(word.lose(DIED)).isEmpty();
        List<Reason> told = new ArrayList<>();

        lease.onLost(told::add);

        assertThat(told).containsExactly(DIED);
    }

    @Test
    void onLost_registeredAfterTheClose_isNeverTold() {
        Incarnation word = open(0);
        Lease before = take(word);
        Lease after = take(word);
        List<String> told = new ArrayList<>();
        before.close();
        after.close();

        before.onLost(reason -> told.add("registered before the loss"));
        word.lose(DIED).forEach(Runnable::run);
        after.onLost(reason -> told.add("registered after the loss"));

        assertThat(told).isEmpty();
    }

    @Test
    void openedWhileAcquiresAreRefused_losesNoCount() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 2_000; round++) {
                Incarnation word = word(false);
                CyclicBarrier start = new CyclicBarrier(3);
                Future<Integer> left = threads.submit(() -> tries(word, start));
                Future<Integer> right = threads.submit(() -> tries(word, start));
                start.await(10, TimeUnit.SECONDS);
                word.open(1, null);

                int taken = left.get(10, TimeUnit.SECONDS) + right.get(10, TimeUnit.SECONDS);

                assertThat(word.leases()).isEqualTo(taken + 1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Tries to take leases, keeps those it gets, and says how many. */
    private static int tries(Incarnation word, CyclicBarrier start) throws Exception {
        start.await(10, TimeUnit.SECONDS);
        int taken = 0;
        for (int i = 0; i < 50; i++) {
            taken += word.tryAcquire() == null ? 0 : 1;
        }
        return taken;
    }

    @Test
    void closedFromManyThreads_eachLeaseIsCountedOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 100; round++) {
                Incarnation word = open(1);
                List<Lease> leases =
                        Stream.generate(() -> take(word)).limit(1_000).toList();
                CyclicBarrier start = new CyclicBarrier(2);
                Future<?> one = threads.submit(() -> closeAll(leases, start));
                Future<?> two = threads.submit(() -> closeAll(leases, start));
                one.get(10, TimeUnit.SECONDS);
                two.get(10, TimeUnit.SECONDS);

                assertThat(word.leases()).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Closes the leases in order, neck and neck with a rival: both often close the same one at the same moment. */
    private static Void closeAll(List<Lease> leases, CyclicBarrier start) throws Exception {
        start.await(10, TimeUnit.SECONDS);
        leases.forEach(Lease::close);
        return null;
    }

    @Test
    void reopened_openLeasesAndWaitersAreCounted() {
        Incarnation word = open(0);
        Lease kept = take(word);
        word.close();
        assertThat(word.tryAcquire()).isNull();

        word.reopen(2);

        assertThat(word.leases()).isEqualTo(3);
        kept.close();
        word.counted().close();
        word.counted().close();
        assertThat(word.closeIfIdle(word.lastRelease())).isZero();
        assertThat(zeros).hasValue(0);
    }

    @Test
    void closedTwice_eachFallToZeroIsTold() {
        Incarnation word = open(0);
        Lease first = take(word);
        word.close();
        first.close();
        word.reopen(0);
        Lease second = take(word);
        word.close();

        second.close();

        assertThat(zeros).hasValue(2);
    }
}
