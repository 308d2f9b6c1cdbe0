// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import io.lazystart.provider.Unit;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.IdleVeto;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Objects to a sleep while a unit's processes use more than a share of one core. What they have used is noted each twenty
 * seconds while the unit is ready, so that the last minute is known whenever it is asked for.
 */
final class CpuVeto implements IdleVeto {
    private static final long STEP_NANOS = 20_000_000_000L;
    private static final long WINDOW_NANOS = 60_000_000_000L;

    /** How long the provider may take to list the processes. */
    private static final long LIST_NANOS = 5_000_000_000L;

    /** What the processes had used at a time. */
    private record Sample(long atNanos, long usedNanos) {}

    private final Unit unit;
    private final int percent;
    private final Calls calls;
    private final Surroundings surroundings;

    /** Oldest first, none older than is needed. Guarded by {@code this}, with the fields below. */
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Raised when the samples become those of another run. */
    private int round;

    private Scheduler.@Nullable Timer timer;

    /** Watches a unit; more than so many percent of one core is busy. */
    CpuVeto(Unit unit, int percent, Calls calls, Surroundings surroundings) {
        this.unit = unit;
        this.percent = percent;
        this.calls = calls;
        this.surroundings = surroundings;
    }

    /** The unit is ready. */
    void start() {
        int begun;
        synchronized (this) {
            begun = ++round;
            samples.clear();
        }
        sample(begun);
    }

    /** The unit is no longer ready. */
    synchronized void stop() {
        round++;
        samples.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void sample(int of) {
        BlockingCall<Sample> call = calls.run(
                "listing processes", Reason.Kind.STOP_FAILED, this::read, now -> note(of, now), no -> again(of));
        call.deadline(surroundings.scheduler().schedule(call::interrupt, LIST_NANOS));
    }

    private Sample read() throws Exception {
        long used = surroundings.cpu().nanos(unit.pids());
        return new Sample(surroundings.ticker().nanos(), used);
    }

    private void note(int of, Sample now) {
        synchronized (this) {
            if (of == round) {
                samples.addLast(now);
                trim(now.atNanos());
            }
        }
        again(of);
    }

    private synchronized void again(int of) {
        if (of == round) {
            timer = surroundings.scheduler().schedule(() -> sample(of), STEP_NANOS);
        }
    }

    /** Keeps one sample that is a minute old, and those after it. */
    private void trim(long now) {
        Sample oldest = samples.pollFirst();
        while (oldest != null && !samples.isEmpty() && now - samples.getFirst().atNanos() >= WINDOW_NANOS) {
            oldest = samples.pollFirst();
        }
        if (oldest != null) {
            samples.addFirst(oldest);
        }
    }

    @Override
    public boolean isBusy(String service) throws Exception {
        Sample now = read();
        Sample then;
        synchronized (this) {
            trim(now.atNanos());
            then = samples.peekFirst();
        }
        long passed = then == null ? 0 : now.atNanos() - then.atNanos();
        return then != null && passed > 0 && (now.usedNanos() - then.usedNanos()) / (double) passed * 100 > percent;
    }
}
