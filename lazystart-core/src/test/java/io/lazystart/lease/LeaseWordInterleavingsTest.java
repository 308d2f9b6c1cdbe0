// SPDX-License-Identifier: Apache-2.0
package io.lazystart.lease;

import io.lazystart.testkit.FakeTicker;
import io.lazystart.watch.Lease;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lease word when its operations fall between each other, one interleaving after the other. */
class LeaseWordInterleavingsTest {
    private static final int THREADS = 3;
    private static final int INTERLEAVINGS = 1_000;

    @Test
    void acquireReleaseOpenAndClose_behaveAsIfOneCameAfterTheOther_andTheCountIsRight() {
        new ModelCheckingOptions()
                .threads(THREADS)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .iterations(20)
                .invocationsPerIteration(200)
                .sequentialSpecification(Simple.class)
                .check(Word.class);
    }

    /** The word, with one lease at a time for each thread. */
    public static final class Word {
        private final Incarnation word = new Incarnation(1, new FakeTicker(), false, () -> {});

        /** What each thread holds, at the index of the thread. */
        private final @Nullable Lease[] held = new Lease[THREADS + 2];

        private volatile int waiters;

        /** Created by the checker. */
        public Word() {}

        @Operation
        public boolean acquire(@Param(gen = ThreadIdGen.class) int thread) {
            if (held[thread] == null) {
                held[thread] = word.tryAcquire();
                return held[thread] != null;
            }
            return false;
        }

        @Operation
        public boolean release(@Param(gen = ThreadIdGen.class) int thread) {
            Lease lease = held[thread];
            held[thread] = null;
            if (lease == null) {
                return false;
            }
            lease.close();
            return true;
        }

        @Operation(runOnce = true, nonParallelGroup = "under the watcher's lock")
        public void openForTwoWaiters() {
            word.open(2, null);
            waiters = 2;
        }

        @Operation(runOnce = true, nonParallelGroup = "under the watcher's lock")
        public void close() {
            if (waiters > 0) {
                word.close();
            }
        }

        /** No lease may be counted twice, or not at all, when all threads have come to rest. */
        @Validate
        public void countIsRight() {
            int open = waiters;
            for (Lease lease : held) {
                open += lease == null ? 0 : 1;
            }
            if (word.leases() != open) {
                throw new IllegalStateException("counted: " + word.leases() + " (expected: " + open + ")");
            }
        }
    }

    /** What the word stands for. */
    public static final class Simple {
        private final boolean[] held = new boolean[THREADS + 2];
        private boolean opened;
        private boolean closed;

        /** Created by the checker. */
        public Simple() {}

        public boolean acquire(int thread) {
            if (!held[thread] && opened && !closed) {
                held[thread] = true;
                return true;
            }
            return false;
        }

        public boolean release(int thread) {
            boolean before = held[thread];
            held[thread] = false;
            return before;
        }

        public void openForTwoWaiters() {
            opened = true;
        }

        public void close() {
            closed = opened;
        }
    }

    @Test
    void closeIfIdle_leaseComesAndGoes_neverClosesAboveALease() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Incarnation word = open(() -> {});
            AtomicInteger held = new AtomicInteger();
            Thread caller = run(() -> {
                Lease lease = word.tryAcquire();
                if (lease != null) {
                    held.incrementAndGet();
                }
            });
            Thread quick = run(() -> {
                Lease lease = word.tryAcquire();
                if (lease != null) {
                    lease.close();
                }
            });
            boolean closed = word.closeIfIdle(0) == 0;
            int heldAtClose = held.get();
            join(caller, quick);

            check(!closed || heldAtClose == 0, "closed above a lease");
            check(!closed || word.tryAcquire() == null, "closed, and gives leases");
            check(word.leases() == held.get(), "counted " + word.leases());
        });
    }

    @Test
    void closedWithALeaseOpen_itsReleaseIsToldOnce_whateverIsRefusedMeanwhile() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            AtomicInteger zeros = new AtomicInteger();
            Incarnation word = open(zeros::incrementAndGet);
            Lease lease = word.tryAcquire();
            word.close();
            Thread release = run(lease::close);
            Thread refused = run(word::tryAcquire);
            join(release, refused);

            check(zeros.get() == 1, "told " + zeros.get() + " times");
        });
    }

    @Test
    void closedWhileTheLastLeaseGoes_isToldOnce_orNeverWhereNoneWasOpen() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            AtomicInteger zeros = new AtomicInteger();
            Incarnation word = open(zeros::incrementAndGet);
            Lease lease = word.tryAcquire();
            Thread release = run(lease::close);
            Thread rival = run(() -> {
                Lease other = word.tryAcquire();
                if (other != null) {
                    other.close();
                }
            });
            int open = word.close();
            join(release, rival);

            check(zeros.get() == (open > 0 ? 1 : 0), "told " + zeros.get() + " times of " + open);
            check(word.leases() == 0, "counted " + word.leases());
        });
    }

    @Test
    void oneLeaseClosedByTwoThreads_isGivenBackOnce() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Incarnation word = new Incarnation(1, new FakeTicker(), false, () -> {});
            word.open(2, null);
            Lease lease = word.counted();
            Thread rival = run(lease::close);
            lease.close();
            join(rival);

            check(word.leases() == 1, "counted " + word.leases());
        });
    }

    @Test
    void openedForWaitersWhileAcquiresAreRefused_losesNoCount() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Incarnation word = new Incarnation(1, new FakeTicker(), false, () -> {});
            AtomicInteger taken = new AtomicInteger();
            Runnable caller = () -> {
                if (word.tryAcquire() != null) {
                    taken.incrementAndGet();
                }
            };
            Thread one = run(caller);
            Thread other = run(caller);
            word.open(2, null);
            join(one, other);

            check(word.leases() == 2 + taken.get(), "counted " + word.leases());
        });
    }

    private static Incarnation open(Incarnation.ZeroListener listener) {
        Incarnation word = new Incarnation(1, new FakeTicker(), false, listener);
        word.open(0, null);
        return word;
    }

    private static Thread run(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }

    private static void join(Thread... threads) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException(problem);
        }
    }
}
