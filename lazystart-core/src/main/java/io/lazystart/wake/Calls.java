// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The provider calls of one unit. Calls that never return are counted: past a bound the next one fails at once instead of
 * taking another thread. Thread-safe.
 */
final class Calls {
    static final int MOST = 8;

    private static final AtomicIntegerFieldUpdater<Calls> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(Calls.class, "inFlight");

    private final Executor workers;

    @SuppressWarnings("unused") // through IN_FLIGHT
    private volatile int inFlight;

    Calls(Executor workers) {
        this.workers = workers;
    }

    /** Runs a call on a worker; exactly one of the answers is given, unless the provider never returns. */
    <T extends @Nullable Object> BlockingCall<T> run(
            String what, Reason.Kind kind, Callable<T> call, Consumer<T> onDone, Consumer<Reason> onFailed) {
        int others = IN_FLIGHT.getAndIncrement(this);
        Callable<T> bounded = () -> {
            if (others >= MOST) {
                throw refusal(others);
            }
            return call.call();
        };
        BlockingCall<T> running = new BlockingCall<>(
                what,
                kind,
                bounded,
                result -> {
                    IN_FLIGHT.decrementAndGet(this);
                    onDone.accept(result);
                },
                reason -> {
                    IN_FLIGHT.decrementAndGet(this);
                    onFailed.accept(reason);
                });
        workers.execute(running);
        return running;
    }

    private static IllegalStateException refusal(int others) {
        return new IllegalStateException(
                others + " earlier calls of this unit have not returned (expected: fewer than " + MOST + ")");
    }
}
