// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.wake.WatcherConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Changes the configuration of services under way, as a host does that reloads it. */
final class Reloads {
    private static final long LIE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Duration STOP_MARGIN = Duration.ofSeconds(25);

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
                before.job());
        house.idle = house.idle(idle);
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
        if (house.closing()) {
            return; // else it would take a unit that nobody wants
        }
        house.replacing = false;
        house.failures.reset();
        house.touched();
        world.count(Event.REPLACED);
        house.acted = true; // whatever was under way goes on, however it had begun
        house.watcher.occupy(house.watched, house.calls);
        house.acted = false;
    }

    /** The service is no more, nor are those that depend on it. */
    void remove(House house) {
        List<House> gone = new ArrayList<>();
        withDependents(house, gone);
        // What becomes of those who share a unit depends on how many of them are left.
        if (gone.stream().anyMatch(one -> one.owner != null)) {
            return;
        }
        gone.sort(Comparator.comparing(world.houses::indexOf, Comparator.reverseOrder()));
        Map<House, Duration> needed = new HashMap<>();
        for (House one : gone) {
            Duration drain = needed.getOrDefault(one, Duration.ZERO);
            Duration own = one.config.stop().drain();
            Duration over = (own.compareTo(drain) > 0 ? own : drain)
                    .plus(one.config.stop().timeout())
                    .plus(STOP_MARGIN);
            one.needs.forEach(need -> needed.merge(need.on, over, (a, b) -> a.compareTo(b) > 0 ? a : b));
            remove(one, drain);
        }
    }

    private static void withDependents(House house, List<House> gone) {
        if (!gone.contains(house)) {
            gone.add(house);
            house.dependents.forEach(dependent -> withDependents(dependent, gone));
        }
    }

    /** Nobody looks later: what begins to run from here on, by a start that was given up, goes on. */
    private void isStopped(House house) {
        boolean stops = house.config.onClose() == ServiceConfig.OnClose.STOP;
        SimUnit unit = house.unit;
        // News of another start may be under way, or a lie that is not found out yet.
        boolean heard = unit != null && unit.outsideRun != unit.runs && world.nanos() - unit.liedNanos > LIE_NANOS;
        if (stops && heard && unit.state != State.STOPPED && !world.closing()) {
            world.violate("close", house.name + ": is removed, and its unit is " + unit.state);
        }
    }

    private void remove(House house, Duration drain) {
        if (house.removed != null) {
            return;
        }
        world.count(Event.REMOVED);
        if (house.isUp() && house.leased()) {
            world.count(Event.REMOVED_IN_USE);
        }
        if (house.ailing || house.status == Status.READY) {
            house.drain = Math.max(house.drain, drain.toNanos());
            house.drainNanos = world.nanos();
        }
        house.failures.reset();
        house.touched();
        house.removedSeq = world.tick();
        house.removed = new CompletableFuture<>();
        house.watcher.remove(drain).thenRun(() -> {
            house.removed.complete(null);
            house.touched();
            isStopped(house);
            for (Need need : house.needs) {
                need.epoch = -1; // where its unit is left, nobody knows any more what it needs
                world.lookAtIdleness(need.on);
            }
        });
        world.settle();
    }
}
