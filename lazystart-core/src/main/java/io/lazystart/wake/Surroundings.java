// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import io.lazystart.watch.CircuitListener;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * What all watchers of one host share.
 *
 * @param ticker the clock
 * @param scheduler the timers
 * @param providerCalls runs verbs, status reads and probes
 * @param vetoes runs the host's idle vetoes
 * @param completions runs what the host has given, which may block: what follows a future, listeners of lost leases
 * @param tasks runs what watchers have to do with each other, and does not block
 * @param cpu tells what processes have used
 * @param room counts held callers; each watcher takes its share of it
 * @param firstReads holds back idle time until all units have been read
 * @param startTimes finds what was learned of a service by its name
 * @param circuits hears of circuits that open and close
 * @param reads the deadlines of status reads
 * @param suspend tells when the host was suspended; called with how late a timer was
 */
public record Surroundings(
        Ticker ticker,
        Scheduler scheduler,
        Executor providerCalls,
        Executor vetoes,
        Executor completions,
        Executor tasks,
        CpuTime cpu,
        WaitingRoom room,
        FirstReads firstReads,
        Function<String, StartTimes> startTimes,
        CircuitListener circuits,
        Deadlines reads,
        SuspendListener suspend) {
    /** The same, with another listener for circuits. */
    Surroundings telling(CircuitListener other) {
        return new Surroundings(
                ticker,
                scheduler,
                providerCalls,
                vetoes,
                completions,
                tasks,
                cpu,
                room,
                firstReads,
                startTimes,
                other,
                reads,
                suspend);
    }

    /** Hears of timers that run, so that a suspend of the host is noticed before they decide anything. */
    @FunctionalInterface
    public interface SuspendListener {

        /**
         * Called before a timer's signal is formed, without any lock.
         *
         * @param lateNanos how late the timer is
         */
        void onTimer(long lateNanos);
    }
}
