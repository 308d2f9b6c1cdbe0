// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

    @Test
    void tasks_fromManyThreads_neverOverlap() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        SerialExecutor serial = new SerialExecutor(pool);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4000);

        for (int thread = 0; thread < 4; thread++) {
            new Thread(() -> {
                        for (int i = 0; i < 1000; i++) {
                            serial.execute(() -> {
                                overlaps.addAndGet(inside.getAndIncrement());
                                inside.decrementAndGet();
                                done.countDown();
                            });
                        }
                    })
                    .start();
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(overlaps).hasValue(0);
        pool.shutdownNow();
    }

    @Test
    void failingTask_doesNotStopTheNext() {
        List<String> ran = new ArrayList<>();
        ArrayDeque<Runnable> pool = new ArrayDeque<>();
        SerialExecutor serial = new SerialExecutor(pool::add);
        serial.execute(() -> {
            throw new IllegalStateException("first");
        });
        serial.execute(() -> ran.add("second"));

        pool.remove().run();

        assertThat(ran).containsExactly("second");
    }

    @Test
    void poolRefuses_isToldAndTheNextTaskIsTriedAnew() {
        ArrayDeque<Runnable> pool = new ArrayDeque<>();
        boolean[] closed = {true};
        SerialExecutor serial = new SerialExecutor(task -> {
            if (closed[0]) {
                throw new RejectedExecutionException("closed");
            }
            pool.add(task);
        });

        assertThatThrownBy(() -> serial.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        closed[0] = false;
        serial.execute(() -> {});

        assertThat(pool).hasSize(1);
    }
}
