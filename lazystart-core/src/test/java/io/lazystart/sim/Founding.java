// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.failure.Reason;
import io.lazystart.probe.Probe;
import io.lazystart.provider.Unit;
import io.lazystart.wake.CpuTime;
import io.lazystart.wake.Deadlines;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.SharedUnits;
import io.lazystart.wake.StartTimes;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.watch.CircuitListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/** Makes the houses of a world, as a host makes them of its configuration. */
final class Founding implements CircuitListener {
    private final World world;
    private final Dice dice;
    private final WaitingRoom room = new WaitingRoom(1000);
    private final FirstReads firstReads = new FirstReads();
    private final Deadlines reads;

    /** Units that several services use, by their names. */
    private final Map<String, SharedUnits> shared = new HashMap<>();

    /** The house that is being made. */
    private House house;

    Founding(World world, Dice dice) {
        this.world = world;
        this.dice = dice;
        this.reads = Deadlines.ofReads(world.agenda, world.agenda);
    }

    void found(LazyStartConfig config) {
        Map<String, List<ServiceConfig>> users = new HashMap<>();
        for (ServiceConfig service : config.services().values()) {
            if (Blueprint.unit(service) != null) {
                users.computeIfAbsent(Blueprint.unit(service), unit -> new ArrayList<>())
                        .add(service);
            }
        }
        users.values().removeIf(services -> services.size() == 1);
        Set<String> jobs = config.jobs();
        for (ServiceConfig service : config.services().values()) {
            String unit = Blueprint.unit(service);
            if (users.containsKey(unit) && !shared.containsKey(unit)) {
                foundUnit(unit, users.get(unit));
            }
            foundService(service, jobs.contains(service.name()));
        }
    }

    private void foundUnit(String name, List<ServiceConfig> services) {
        house = new House(world, Blueprint.ofUnit(name, services), false);
        world.say(name + " is used by "
                + services.stream().map(ServiceConfig::name).toList());
        house.unit = new SimUnit(world, house, new Dice(dice.next()));
        SharedUnits units = new SharedUnits(name, services, house.unit, surroundings(), this::watcher);
        house.watcher = units.owner();
        shared.put(name, units);
        world.add(house);
    }

    private void foundService(ServiceConfig service, boolean job) {
        world.say(service.toString());
        house = new House(world, service, job);
        Dice own = new Dice(dice.next());
        house.vetoes = new SimVetoes(house, own);
        house.dice = own;
        boolean group = service.isGroup();
        SharedUnits units = shared.get(Blueprint.unit(service));
        if (units != null) {
            house.owner = world.house(Blueprint.unit(service));
        } else if (!group) {
            house.unit = new SimUnit(world, house, own);
        }
        Probe probe = group || own.chance(50) ? null : ready(house);
        Probe health = job || (service.health() == null && probe == null) ? null : health(house);
        Unit watched = units != null
                ? units.seenBy(service.name(), house.used())
                : group ? new GroupUnit(service.name()) : house.unit;
        house.watched = new WatcherConfig(service, watched, probe, health, house.vetoes.all(), job);
        Surroundings surroundings = surroundings();
        house.calls = surroundings.providerCalls();
        house.watcher = new UnitWatcher(house.watched, surroundings, this::watcher);
        if (units != null) {
            units.follow(watched, house.watcher);
        }
        world.add(house);
    }

    private static Probe ready(House house) {
        return (target, timeout, linger, objection) -> house.used().probe();
    }

    private static Probe health(House house) {
        return (target, timeout, linger, objection) -> house.used().healthProbe();
    }

    private UnitWatcher watcher(String name) {
        return world.house(name).watcher;
    }

    private Surroundings surroundings() {
        House caller = house;
        Executor calls = task -> world.call(caller, task);
        return new Surroundings(
                world.agenda,
                world.agenda,
                house.config.isGroup() ? world.agenda : calls,
                calls,
                world.agenda,
                world.agenda,
                new CpuTime(Path.of("unused")),
                room,
                firstReads,
                name -> new StartTimes(),
                this,
                reads,
                world::onTimer);
    }

    @Override
    public void onOpened(String service, int failures, Reason reason) {
        world.house(service).failures.opened(failures, reason);
    }

    @Override
    public void onClosed(String service) {
        world.house(service).failures.closed();
    }
}
