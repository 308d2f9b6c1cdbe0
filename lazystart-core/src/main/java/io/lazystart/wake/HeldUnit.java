// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.failure.Reason;
import org.jspecify.annotations.Nullable;

/** One service's hold on the unit that others use too, and whether that is of use to it. */
final class HeldUnit {
    private final String service;
    private final SharedUnit unit;
    private final Dependency lease;

    /** Whether the service was not ready in time. Touched in the action queue only. */
    private boolean late;

    HeldUnit(String service, SharedUnit unit, Dependency lease) {
        this.service = service;
        this.unit = unit;
        this.lease = lease;
    }

    Dependency lease() {
        return lease;
    }

    /** The service was not ready on it in time. */
    void late() {
        late = true;
        taken();
    }

    /** The service may have come to hold it. */
    void taken() {
        unit.hold(lease.heldRun());
        unit.doubts().hold(unit, lease.heldRun(), late);
    }

    /** The service begins an attempt to be ready on it; {@code beside} if it was found running. */
    void begin(boolean beside) {
        late = false;
        if (!beside) {
            unit.begin();
        }
    }

    /** The service is about to give it back; {@code ailment} is why it has found it unhealthy, or null. */
    void leave(@Nullable Reason ailment) {
        Reason told = ailment == null ? null : Reason.of(ailment.kind(), service + ": " + ailment.message());
        unit.doubts().leave(unit, lease.heldRun(), told);
    }

    /** The service can be ready on it; tells whether it may, for as long as it holds it. Safe from any thread. */
    boolean trust() {
        return unit.doubts().trust(unit, lease.heldRun());
    }
}
