// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.wake.WatcherConfig;
import java.time.Duration;

/** Changes the configuration of services under way, as a host does that reloads it. */
final class Reloads {
    private final World world;

    Reloads(World world) {
        this.world = world;
    }

    /** Another idle time, from now on. */
    void retune(House house, Dice dice) {
        if (house.isUnit()) {
            return;
        }
        Duration idle = dice.of(Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(60));
        WatcherConfig before = house.watched;
        house.watched = new WatcherConfig(
                Blueprint.withIdleTime(before.service(), idle),
                before.unit(),
                before.probe(),
                before.health(),
                before.vetoes(),
                before.job(),
                before.owner());
        house.idle = idle.toNanos();
        house.freshSeq = world.tick(); // vetoes that are being asked are asked anew
        house.touched();
        world.count(Event.RETUNED);
        house.watcher.retune(house.watched);
        world.lookAtIdleness(house);
    }

    /** Another unit is to take the place of the one there is; as far as can be seen from here it is the same. */
    void replace(House house, Dice dice) {
        if (house.isUnit() || house.replacing) {
            return;
        }
        house.replacing = true;
        house.demanded |= house.status == Status.STARTING;
        house.touched();
        long delay = dice.chance(50) ? 0 : dice.delay(15);
        house.watcher.replace(Duration.ZERO, () -> world.later(delay, () -> occupy(house)));
    }

    private void occupy(House house) {
        if (world.closing()) {
            return;
        }
        house.replacing = false;
        house.failures.reset();
        house.touched();
        world.count(Event.REPLACED);
        house.acted = true; // whatever was under way goes on, however it had begun
        house.watcher.occupy(house.watched, house.calls);
        house.acted = false;
    }
}
