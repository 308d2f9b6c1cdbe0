// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.http.Outcome;
import io.lazystart.watch.Lease;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What lazystart adds to a request to a service that is awake. {@link JmhRun} says how these are compared. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WarmPath {

    /**
     * The least that a shared count with a stamp costs: two atomic additions and a reading of the clock. JMH pads it, so
     * that the two additions are alone on their cache line.
     */
    @State(Scope.Benchmark)
    public static class BareWord {
        private static final VarHandle WORD;

        static {
            try {
                WORD = MethodHandles.lookup().findVarHandle(BareWord.class, "word", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // through WORD
        private volatile int word;

        /** Counts up, reads the clock, counts down. */
        long countAndStamp() {
            int before = (int) WORD.getAndAdd(this, 1);
            long stamp = System.nanoTime();
            int after = (int) WORD.getAndAdd(this, -1);
            return stamp + before + after;
        }
    }

    /**
     * The yardstick.
     *
     * @param word shared by all threads
     * @return keeps the work alive
     */
    @Benchmark
    public long bareSequence(BareWord word) {
        return word.countAndStamp();
    }

    /**
     * A lease taken and given back.
     *
     * @param service shared by all threads
     * @return keeps the work alive
     */
    @Benchmark
    public @Nullable Lease tryAcquireAndClose(AwakeService service) {
        Lease lease = service.watcher().tryAcquire();
        if (lease == null) {
            throw new IllegalStateException("the service is not READY");
        }
        lease.close();
        return lease;
    }

    /**
     * The rules asked about a request, and the lease they gave handed back.
     *
     * @param service shared by all threads
     * @param request one per thread
     * @return keeps the work alive
     */
    @Benchmark
    public Outcome decision(AwakeService service, BrowserRequest request) {
        Outcome outcome = service.gate().handle(request);
        if (!(outcome instanceof Outcome.Forward forward)) {
            throw new IllegalStateException("the service is not READY");
        }
        forward.lease().close();
        return outcome;
    }
}
