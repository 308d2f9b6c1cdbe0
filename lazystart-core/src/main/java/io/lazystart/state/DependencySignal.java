// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;

/** What becomes of the leases on the dependencies. */
public sealed interface DependencySignal extends Signal {

    /** The leases on the dependencies are held. */
    record Taken(long now, long epoch) implements DependencySignal {
        @Override
        public void apply(Draft d) {
            DependencyRules.taken(d, epoch);
        }
    }

    /** One of the dependencies is being woken, or is held; for those who listen. */
    record Event(long now, long epoch, WakeEvent.Type type, String dependency) implements DependencySignal {
        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch && d.status() == Status.STARTING) {
                d.act(new Action.Publish(type, epoch, d.cause, dependency, null, dependency));
            }
        }
    }

    /** A dependency cannot be had; before {@code retryAtNanos} it is pointless to ask again. */
    record Failed(long now, long epoch, Reason reason, long retryAtNanos) implements DependencySignal {
        @Override
        public void apply(Draft d) {
            DependencyRules.failed(d, epoch, reason, retryAtNanos);
        }
    }

    /** The unit that others use too is put down for all of them, and starts again for whoever waits. */
    record UnitRestarts(long now, long epoch, Reason reason) implements DependencySignal {
        @Override
        public void apply(Draft d) {
            DependencyRules.unitRestarts(d, epoch, reason);
        }
    }

    /** All services that hold the unit find it unhealthy, or of no use. */
    record GivenUp(long now, long epoch, Reason reason, int leases) implements DependencySignal {
        @Override
        public Word word(Snapshot s) {
            return meets(s) ? Word.CLOSE : Word.NONE;
        }

        private boolean meets(Snapshot s) {
            return epoch == s.epoch() && s.status() == Status.READY && !s.closing();
        }

        @Override
        public Signal withLeases(int open) {
            return new GivenUp(now, epoch, reason, open);
        }

        @Override
        public void apply(Draft d) {
            HealthRules.givenUp(d, epoch, reason, leases);
        }
    }

    /** A dependency was lost with which the unit is to be restarted. */
    record Lost(long now, long epoch, Reason reason, int leases) implements DependencySignal {
        @Override
        public Word word(Snapshot s) {
            return epoch == s.epoch() && !s.closing() ? Word.closeOrCount(s) : Word.NONE;
        }

        @Override
        public Signal withLeases(int open) {
            return new Lost(now, epoch, reason, open);
        }

        @Override
        public void apply(Draft d) {
            DependencyRules.lost(d, epoch, reason, leases);
        }
    }
}
