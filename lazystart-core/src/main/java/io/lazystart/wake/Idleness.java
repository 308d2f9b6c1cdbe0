// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.lease.Incarnation;
import io.lazystart.state.DependencySignal;
import io.lazystart.state.Signal;
import io.lazystart.state.Snapshot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells the machine that nobody uses the unit: when the last lease was given back, when an idle time may be over, and when
 * those who hold it have given it up.
 */
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

    /** Says for what a run is to be given up, though it is in use; on the thread and under the lock of a decision. */
    @FunctionalInterface
    interface Judge {
        /** Null if the run of that epoch is to go on, on which so many leases are open. Does not block. */
        @Nullable
        Reason condemn(long epoch, int leases);
    }

    /** The unit may be of use to nobody who holds it: asks the judge. */
    void judged(Judge judge) {
        decisions.signal(s -> {
            boolean serves = s.status() == Status.READY && !s.closing();
            Reason reason = serves ? judge.condemn(s.epoch(), decisions.leases(s)) : null;
            return reason == null ? null : new DependencySignal.GivenUp(now(), s.epoch(), reason, 0);
        });
    }

    private Signal facts(long epoch, Incarnation of) {
        return new Signal.IdleDue(now(), epoch, of.leases(), of.used(), of.lastRelease());
    }

    private long now() {
        return surroundings.ticker().nanos();
    }
}
