// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.state.Verb.Kind;

/**
 * What the machine is told about its service; durations in nanoseconds.
 *
 * @param wakeNanos deadline of a wake attempt
 * @param idleNanos idle time; {@link #NEVER} for a unit that does not sleep by itself
 * @param firstUseNanos least idle time before the first lease of an incarnation
 * @param stopKind verb that puts the unit to sleep: STOP, PAUSE or KILL
 * @param stopNanos how long that verb may take
 * @param drainNanos how long open leases are waited for when a person puts the service to sleep
 * @param backoffFirstNanos first back-off
 * @param backoffMaxNanos longest back-off
 * @param openAfter after so many failures in a row nothing but a person's wake starts the unit; one or more
 * @param stableNanos time in READY after which failures are forgotten
 * @param restart what starts a unit that has died
 * @param stopOnClose whether the unit is stopped when the host closes
 * @param job whether the unit is run to its end, which is its being READY
 * @param jitterSeed spreads the back-off of different services
 */
public record Policy(
        long wakeNanos,
        long idleNanos,
        long firstUseNanos,
        Kind stopKind,
        long stopNanos,
        long drainNanos,
        long backoffFirstNanos,
        long backoffMaxNanos,
        int openAfter,
        long stableNanos,
        Failures.Next restart,
        boolean stopOnClose,
        boolean job,
        long jitterSeed) {

    /** An idle time that never passes. */
    public static final long NEVER = Long.MAX_VALUE;

    /** How long an interrupted verb may take to return before it is abandoned. */
    public static final long GRACE_NANOS = 5_000_000_000L;

    /** Longest time for a stop while the host closes; then the unit is killed, so that all is over within 30 s. */
    static final long CLOSE_STOP_NANOS = 15_000_000_000L;

    /** How long a unit waits at most for those that depend on it while the host closes. */
    static final long CLOSE_HOLD_NANOS = 20_000_000_000L;

    /** Deadline of a kill. */
    public static final long KILL_NANOS = 10_000_000_000L;

    /** First delay before a status that could not be read is read again; doubles to a minute. */
    static final long REREAD_NANOS = 1_000_000_000L;

    /** How soon a busy unit with a shorter idle time is asked again. */
    static final long ASK_AGAIN_NANOS = 1_000_000_000L;

    private static final int REREAD_DOUBLINGS = 6;
    private static final long LEAST_LINGER_NANOS = 60_000_000_000L;

    /** Idle time that holds for a unit that has or has not been used since it became ready. */
    long idleNanos(boolean used) {
        return used ? idleNanos : Math.max(idleNanos, firstUseNanos);
    }

    /** Deadline of a verb that puts the unit to sleep. */
    long sleepNanos(Kind kind, boolean closing) {
        if (kind == Kind.KILL) {
            return KILL_NANOS;
        }
        return closing ? Math.min(stopNanos, CLOSE_STOP_NANOS) : stopNanos;
    }

    /**
     * When a service that is to be up is tried again whose dependency could not be had: not before that can help, and where
     * nothing says when it can, after the longest back-off.
     */
    long askAgainNanos(long restNanos) {
        return restNanos > 0 ? Math.max(restNanos, backoffFirstNanos) : backoffMaxNanos;
    }

    /** How long a unit that runs but is not ready is left running; a job, to its end. */
    long lingerNanos() {
        return job ? NEVER : Math.max(idleNanos, LEAST_LINGER_NANOS);
    }

    /** Delay before the next read after so many failed ones, at least one. */
    static long rereadNanos(int failedReads) {
        return REREAD_NANOS << Math.min(failedReads - 1, REREAD_DOUBLINGS);
    }

    /**
     * Back-off of a step: the first delay doubled so many times, at most the longest, less up to a quarter. The jitter
     * is a hash of seed, step and epoch, so that the machine stays pure.
     */
    long backoffNanos(int step, long epoch) {
        long full = backoffFirstNanos;
        for (int i = 0; i < step && full < backoffMaxNanos; i++) {
            full = full > Long.MAX_VALUE / 2 ? backoffMaxNanos : full * 2;
        }
        full = Math.min(full, backoffMaxNanos);
        long quarter = full / 4;
        return quarter == 0 ? full : full - Long.remainderUnsigned(mix(jitterSeed + 31L * step + epoch), quarter);
    }

    /** Finalizer of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
