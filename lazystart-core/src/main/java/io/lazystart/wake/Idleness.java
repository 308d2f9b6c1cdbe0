// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Status;
import io.lazystart.lease.Incarnation;
import io.lazystart.state.Signal;
import io.lazystart.state.Snapshot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells the machine that nobody uses the unit: when the last lease was given back, and when an idle time may be over. */
final class Idleness {
    private final Decisions decisions;
    private final Surroundings surroundings;

    Idleness(Decisions decisions, Surroundings surroundings) {
        this.decisions = decisions;
        this.surroundings = surroundings;
    }

    /** The last lease of an incarnation was closed, and that is to be told: it drains, or sleeps at once. From any thread. */
    void fellToZero(long epoch) {
        surroundings.scheduler().schedule(() -> told(epoch), 0);
    }

    /** A drain waits for nothing else; a sleep waits, as any by idleness does, until all units have been read. */
    private void told(long epoch) {
        Incarnation current = decisions.incarnation();
        if (current == null || current.epoch() != epoch) {
            return; // it has lost its unit
        }
        if (current.drained()) {
            decisions.signal(s -> drained(s, current));
        } else {
            surroundings.firstReads().whenDone(() -> decisions.signal(s -> idle(s, current)));
        }
    }

    /** A unit that is healthy again meanwhile has an idle time of its own. */
    private @Nullable Signal drained(Snapshot s, Incarnation of) {
        boolean stillSo = decisions.incarnation() == of && of.drained();
        return stillSo ? new Signal.Drained(now(), s.epoch(), 0) : null;
    }

    private @Nullable Signal idle(Snapshot s, Incarnation of) {
        boolean stillSo = decisions.incarnation() == of && s.status() == Status.READY;
        return stillSo ? facts(s.epoch(), of) : null;
    }

    /** The timer of the idle time of an epoch has run out. */
    void due(long epoch) {
        surroundings.firstReads().whenDone(() -> {
            Incarnation current = Objects.requireNonNull(decisions.incarnation(), "READY without a start");
            decisions.signal(facts(epoch, current));
        });
    }

    private Signal facts(long epoch, Incarnation of) {
        return new Signal.IdleDue(now(), epoch, of.leases(), of.used(), of.lastRelease());
    }

    private long now() {
        return surroundings.ticker().nanos();
    }
}
