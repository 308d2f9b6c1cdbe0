// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import io.lazystart.watch.LifeEntry;
import io.lazystart.watch.LifeEntry.Kind;
import io.lazystart.watch.LifeEntry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last wakes and sleeps of one service, told by its events: each goes in when it is over. Made for the first event of
 * a service, so that one which is never woken has none.
 */
final class History {
    static final int KEPT = 100;

    /** The wake or sleep under way. Touched by the watcher's action queue only, one thread at a time. */
    private @Nullable Begun begun;

    /** Oldest first. Guarded by itself. */
    private final ArrayDeque<LifeEntry> entries = new ArrayDeque<>();

    /** A wake or sleep under way. */
    private record Begun(Kind kind, long epoch, Instant at, long nanos, Cause cause) {
        LifeEntry end(long now, Outcome outcome, @Nullable Cause by) {
            return new LifeEntry(kind, epoch, at, Duration.ofNanos(now - nanos), cause, outcome, by);
        }
    }

    /** Takes in an event; from the watcher's action queue only. */
    void on(WakeEvent event, long now) {
        switch (event.type()) {
            case STARTING -> {
                // A service that was asked for while it was put to sleep is not told to nap in between.
                end(begun != null && begun.kind() == Kind.SLEEP ? Outcome.DONE : Outcome.CUT_SHORT, event.cause(), now);
                begin(Kind.WAKE, event, now);
            }
            case STOPPING -> {
                end(Outcome.CUT_SHORT, event.cause(), now);
                begin(Kind.SLEEP, event, now);
            }
            case READY -> over(Kind.WAKE, Outcome.DONE, event, now);
            // A wake ends so where the service is removed and its unit left as it is.
            case NAPPING ->
                over(
                        Kind.SLEEP,
                        begun != null && begun.kind() == Kind.WAKE ? Outcome.CUT_SHORT : Outcome.DONE,
                        event,
                        now);
            case ERROR -> over(Kind.DEATH, Outcome.FAILED, event, now);
            case WAKING_DEPENDENCY, DEPENDENCY_READY, UNIT_STARTED, WAITING_READY -> {}
        }
    }

    /** The watcher has closed and left the unit as it is; from its action queue only. */
    void closed(Cause cause, long now) {
        end(Outcome.CUT_SHORT, cause, now);
    }

    private void begin(Kind kind, WakeEvent event, long now) {
        begun = new Begun(kind, event.epoch(), event.timestamp(), now, event.cause());
    }

    /** Ends what is under way; where nothing is, the event tells of something that was noticed only now. */
    private void over(Kind noticed, Outcome outcome, WakeEvent event, long now) {
        if (begun == null) {
            begin(noticed, event, now);
        }
        end(outcome, event.cause(), now);
    }

    private void end(Outcome outcome, Cause by, long now) {
        Begun over = begun;
        begun = null;
        if (over != null) {
            add(over.end(now, outcome, outcome == Outcome.DONE ? null : by));
        }
    }

    private void add(LifeEntry entry) {
        synchronized (entries) {
            if (entries.size() == KEPT) {
                entries.remove();
            }
            entries.add(entry);
        }
    }

    /** A copy, oldest first. From any thread. */
    List<LifeEntry> entries() {
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }
}
