// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.DependencyConfig;
import io.lazystart.event.Status;

/** An edge to what the service needs. */
final class Need {
    final House on;
    final DependencyConfig edge;

    /** Which incarnation of it the dependent was started upon; -1 while that is not known from outside. */
    long epoch = -1;

    Need(House on, DependencyConfig edge) {
        this.on = on;
        this.edge = edge;
    }

    boolean isJob() {
        return edge.condition() == DependencyConfig.Condition.COMPLETED;
    }

    /**
     * Whether it has come as far as the edge asks, at some time since the attempt of the dependent began; a job, since
     * the first attempt after the dependent was at rest, or it had been run before that was found running.
     */
    boolean met(House dependent) {
        if (isJob() && dependent.foundSinceRest) {
            return true;
        }
        long attemptSeq = isJob() ? dependent.upSeq : dependent.startingSeq;
        long attemptNanos = isJob() ? dependent.upNanos : dependent.startingNanos;
        // Who holds a lease of an unhealthy unit keeps it.
        boolean ready = on.status == Status.READY || on.drains() || on.ailing || on.readySeq >= attemptSeq;
        boolean runs = on.runs || on.runsSeq >= attemptSeq;
        // A loss is told by another thread, which may come after a wake at the same moment.
        ready |= on.readySeq >= 0 && on.servedNanos >= attemptNanos;
        runs |= on.ranNanos >= attemptNanos;
        return ready || (runs && edge.condition() == DependencyConfig.Condition.STARTED);
    }
}
