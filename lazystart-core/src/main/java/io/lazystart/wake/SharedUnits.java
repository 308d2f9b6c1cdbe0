// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.ServiceConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.Reason;
import io.lazystart.probe.Probe;
import io.lazystart.provider.Unit;
import io.lazystart.watch.CircuitListener;
import io.lazystart.watch.IdleVeto;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A unit that several services use: one life cycle, a status and a probe for each service. */
public final class SharedUnits {
    private final UnitWatcher owner;
    private final Unit unit;
    private final Supplier<Surroundings> surroundings;
    private final Function<String, UnitWatcher> watchers;

    /**
     * Creates the unit's own watcher.
     *
     * @param name of the unit; can be no service's
     * @param services who use it, at least two
     * @param unit what they use
     * @param surroundings what one of its watchers shares with others
     * @param watchers finds any watcher by its name
     * @throws ConfigException if the services do not agree on how the unit is put to sleep
     */
    public SharedUnits(
            String name,
            List<ServiceConfig> services,
            Unit unit,
            Supplier<Surroundings> surroundings,
            Function<String, UnitWatcher> watchers) {
        refuseConflicts(services);
        this.unit = unit;
        this.surroundings = surroundings;
        this.watchers = watchers;
        Surroundings own = surroundings.get();
        this.owner = new UnitWatcher(
                new WatcherConfig(unitConfig(name, services), unit, null, null, List.of(), false, null),
                own.telling(new OfAll(services, own.circuits())),
                watchers);
    }

    /** The unit's circuit is that of all its services: nobody else knows it by a name. */
    private record OfAll(List<ServiceConfig> services, CircuitListener listener) implements CircuitListener {
        @Override
        public void onOpened(String unit, int failures, Reason reason) {
            services.forEach(service -> listener.onOpened(service.name(), failures, reason));
        }

        @Override
        public void onClosed(String unit) {
            services.forEach(service -> listener.onClosed(service.name()));
        }
    }

    private static void refuseConflicts(List<ServiceConfig> services) {
        ServiceConfig first = services.get(0);
        for (ServiceConfig other : services) {
            String path = "services." + other.name();
            String expected = " (expected: as the service " + first.name() + " says, which uses the same unit)";
            if (!other.stop().equals(first.stop())) {
                throw new ConfigException(path + ".stop", "another way to put the unit to sleep" + expected);
            }
            if (other.onClose() != first.onClose()) {
                throw new ConfigException(path + ".on-close", other.onClose() + expected);
            }
        }
    }

    /** The unit sleeps as soon as no service uses it; it is ready when it runs, the services' probes say more. */
    private static ServiceConfig unitConfig(String name, List<ServiceConfig> services) {
        ServiceConfig first = services.get(0);
        Duration wake = services.stream()
                .map(ServiceConfig::wakeTimeout)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return new ServiceConfig(
                name,
                first.unit(),
                List.of(),
                List.of(),
                List.of(),
                false,
                null,
                first.ready(),
                null,
                Duration.ZERO,
                first.firstUseTimeout(),
                null,
                wake,
                first.stop(),
                ServiceConfig.Restart.ON_REQUEST,
                first.backoff(),
                first.waitMode(),
                first.holdTimeout(),
                first.pageStatus(),
                null,
                first.errorDetails(),
                first.onClose());
    }

    /**
     * Tells the watcher of the unit itself.
     *
     * @return the watcher
     */
    public UnitWatcher owner() {
        return owner;
    }

    /**
     * Creates the watcher of one of the services.
     *
     * @param service the service
     * @param probe asks whether it can serve, or null
     * @param health asks whether it still can, or null
     * @param vetoes the host's own objections to a sleep
     * @return its watcher, which follows the unit
     */
    public UnitWatcher watcher(
            ServiceConfig service, @Nullable Probe probe, @Nullable Probe health, List<IdleVeto> vetoes) {
        SharedUnit seen = new SharedUnit(service.name(), unit, owner);
        Surroundings own = surroundings.get();
        UnitWatcher watcher = new UnitWatcher(
                new WatcherConfig(service, seen, probe, health, vetoes, false, owner.name()), own, watchers);
        Objects.requireNonNull(owner.subscribe(event -> seen.on(event, watcher::onUnitEvent), own.completions()));
        return watcher;
    }
}
