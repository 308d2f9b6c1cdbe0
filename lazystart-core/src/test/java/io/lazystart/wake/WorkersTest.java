// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

final class WorkersTest {
    private static final int BOUND = 4;

    private final Workers workers = new Workers("test", BOUND);

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    @EnabledForJreRange(max = JRE.JAVA_20, disabledReason = "each task has a virtual thread of its own")
    void execute_manyShortTasks_madeByAsManyThreadsAsRunAtOnce() throws InterruptedException {
        int tasks = 20_000;
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch left = new CountDownLatch(tasks);

        for (int i = 0; i < tasks; i++) {
            workers.execute(() -> {
                threads.add(Thread.currentThread());
                left.countDown();
            });
        }
        left.await();

        assertThat(threads).hasSizeBetween(1, BOUND);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void execute_othersBlock_runsUpToTheBoundBesideThem() throws InterruptedException {
        CountDownLatch together = new CountDownLatch(BOUND);
        CountDownLatch left = new CountDownLatch(BOUND);

        for (int i = 0; i < BOUND; i++) {
            workers.execute(() -> {
                together.countDown();
                awaitAll(together);
                left.countDown();
            });
        }

        assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void execute_afterClose_runsTheTask() throws InterruptedException {
        CountDownLatch before = new CountDownLatch(1);
        CountDownLatch after = new CountDownLatch(1);
        workers.execute(before::countDown);
        before.await();

        workers.close();
        workers.execute(after::countDown);

        assertThat(after.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void execute_threadCannotBeStarted_taskIsRunByTheNextThatCan() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch left = new CountDownLatch(2);

        try (Workers one = new Workers(
                task -> {
                    if (asked.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return new Thread(task);
                },
                1)) {
            one.execute(left::countDown);
            assertThat(left.getCount()).isEqualTo(2);
            one.execute(left::countDown);

            assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(asked).hasValue(2);
        }
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
