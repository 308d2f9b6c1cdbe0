// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;

/** A subscriber who comes late: hears a snapshot, the history, and then everything in order. */
final class Hearing implements WakeListener {
    private final World world;
    private final House house;
    private long snapshot = -1;
    private long last = -1;

    Hearing(World world, House house) {
        this.world = world;
        this.house = house;
    }

    @Override
    public void onEvent(WakeEvent event) {
        if (event.snapshot() != (snapshot < 0)) {
            world.violate("bus", house.name + ": a snapshot comes first and only then, not " + event);
        } else if (event.snapshot()) {
            snapshot = event.sequence();
        } else if (last >= 0 ? event.sequence() != last + 1 : event.sequence() > snapshot + 1) {
            world.violate("bus", house.name + ": " + event + " after event " + last);
        } else {
            last = event.sequence();
        }
    }

    @Override
    public void onDropped(long count) {
        last += count;
    }
}
