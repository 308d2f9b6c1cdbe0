// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;

/** One service's hold on the unit that others use too, and whether that is of use to it. */
final class HeldUnit {
    private final SharedUnit unit;
    private final Dependency lease;

    /** Whether the service was not ready in time. Touched in the action queue only. */
    private boolean late;

    HeldUnit(SharedUnit unit, Dependency lease) {
        this.unit = unit;
        this.lease = lease;
    }

    Dependency lease() {
        return lease;
    }

    /** The service has found it unhealthy, and is about to give it back. */
    void complain(Reason ailment) {
        unit.doubts().complain(unit, lease.heldRun(), ailment);
    }

    /** The service was not ready on it in time. */
    void late() {
        late = true;
        taken();
    }

    /** The service may have come to hold it. */
    void taken() {
        unit.doubts().hold(unit, lease.heldRun(), late);
    }

    /** The service begins an attempt to be ready on it; {@code beside} if it was found running. */
    void begin(boolean beside) {
        late = false;
        if (!beside) {
            unit.begin();
        }
    }

    /** The service is about to give it back. */
    void leave() {
        unit.doubts().leave(unit, lease.heldRun());
    }

    /** The service can be ready on it; tells whether it may, for as long as it holds it. Safe from any thread. */
    boolean trust() {
        return unit.doubts().trust(unit, lease.heldRun());
    }
}
