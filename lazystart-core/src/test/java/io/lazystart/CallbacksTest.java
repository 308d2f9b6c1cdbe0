// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.WakeException;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that blocks in all of its callbacks at once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CallbacksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ALL = HostParts.MAX_COMPLETIONS;

    @TempDir
    Path directory;

    private final ScriptedProvider provider = new ScriptedProvider();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch running = new CountDownLatch(ALL);
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(ALL);
    private LazyStart host;

    @BeforeEach
    void open() {
        provider.unit("web").on(Call.START, () -> arrived(asked));
        host = LazyStart.builder()
                .discoverProviders(false)
                .stateDirectory(directory)
                .provider(provider)
                .service("web", s -> s.unit("scripted", Map.of()))
                .service("other", s -> s.unit("scripted", Map.of()))
                .service("db", s -> s.unit("scripted", Map.of()))
                .service("app", s -> s.unit("scripted", Map.of()).dependsOn("db"))
                .build();
    }

    @AfterEach
    void close() {
        over.countDown();
        host.close();
    }

    /** Runs the task in as many callbacks as run at once, when all have begun; they are asked for before the service is ready. */
    private void inAllCallbacks(Consumer<Lease> task) {
        for (int i = 0; i < ALL; i++) {
            host.watcher("web")
                    .acquire(WakeRequest.of(Cause.request("GET /")))
                    .thenAccept(lease -> {
                        running.countDown();
                        arrived(running);
                        task.accept(lease);
                        lease.close();
                    })
                    .whenComplete((nothing, failure) -> ended.countDown());
        }
        asked.countDown();
        assertThat(arrived(running)).isTrue();
    }

    private static boolean arrived(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void allWaitForAnotherLease_eachGetsIt() throws Exception {
        CountDownLatch served = new CountDownLatch(ALL);
        Watcher other = host.watcher("other");
        provider.unit("other").on(Call.START, () -> {
            while (other.snapshot().waiters() < ALL && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return true;
        });

        inAllCallbacks(lease -> {
            try {
                other.acquire(PATIENCE).close();
                served.countDown();
            } catch (InterruptedException | WakeException e) {
                throw new AssertionError(e);
            }
        });

        assertThat(arrived(ended)).isTrue();
        assertThat(served.getCount()).isZero();
    }

    @Test
    void allBlock_aServiceWithADependencyIsWokenAllTheSame() throws Exception {
        inAllCallbacks(lease -> arrived(over));

        host.watcher("app").acquire(PATIENCE).close();

        assertThat(host.watcher("db").snapshot().status()).isEqualTo(Status.READY);
    }

    @Test
    void allBlock_closeReturns() {
        inAllCallbacks(lease -> arrived(over));
        long begun = System.nanoTime();

        host.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }
}
