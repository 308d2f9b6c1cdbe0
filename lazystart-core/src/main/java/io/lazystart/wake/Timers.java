// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.state.Action;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.Signal;
import io.lazystart.time.Scheduler;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The timers of one watcher, one of a kind. Touched by the watcher's action queue only, one thread at a time. */
final class Timers {

    /** Hears that a timer is due. */
    @FunctionalInterface
    interface Due {
        void onDue(Timer kind, long token);
    }

    private final Surroundings surroundings;
    private final Due due;

    /** Null until the first is set: most of very many services never wake. */
    private @Nullable Map<Timer, Scheduler.Timer> armed;

    /** When the verb in flight is late, for {@link Timer#VERB}. */
    private Action.@Nullable Arm verb;

    Timers(Surroundings surroundings, Due due) {
        this.surroundings = surroundings;
        this.due = due;
    }

    /** Sets a timer instead of the one of its kind; the deadline of a verb is only ever moved forward. */
    void arm(Action.Arm arm) {
        if (arm.kind() == Timer.VERB) {
            Action.Arm before = armed != null && armed.containsKey(Timer.VERB) ? verb : null;
            if (before != null && before.token() == arm.token() && before.atNanos() - arm.atNanos() <= 0) {
                return;
            }
            verb = arm;
        }
        cancel(arm.kind());
        long delay = Math.max(0, arm.atNanos() - surroundings.ticker().nanos());
        Map<Timer, Scheduler.Timer> timers = armed == null ? new EnumMap<>(Timer.class) : armed;
        armed = timers;
        timers.put(arm.kind(), surroundings.scheduler().schedule(() -> fire(arm), delay));
    }

    /**
     * What the machine is told when a timer is due, but for the idle timer: that needs to be known of the leases too.
     *
     * @param observed tells what was last seen of an attempt
     */
    static Signal signal(Timer kind, long now, long token, Supplier<String> observed) {
        return switch (kind) {
            case ATTEMPT -> new Signal.AttemptExpired(now, token, observed.get());
            case VERB -> new Signal.VerbExpired(now, token);
            case GRACE -> new Signal.GraceOver(now, token);
            case IDLE -> throw new IllegalArgumentException("idle: told with the leases");
            case DRAIN -> new Signal.DrainExpired(now, token);
            case RETRY -> new Signal.RetryDue(now, token);
            case LINGER -> new Signal.LingerOver(now, token);
            case REREAD -> new Signal.RereadDue(now, token);
        };
    }

    private void fire(Action.Arm arm) {
        surroundings.suspend().onTimer(surroundings.ticker().nanos() - arm.atNanos());
        due.onDue(arm.kind(), arm.token());
    }

    void cancel(Timer kind) {
        Scheduler.Timer timer = armed == null ? null : armed.remove(kind);
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Forgets the timers of an epoch or status that is over; those of verbs go on. */
    void cancelAllButVerbs() {
        for (Timer kind : Timer.values()) {
            if (kind != Timer.VERB && kind != Timer.GRACE) {
                cancel(kind);
            }
        }
    }
}
