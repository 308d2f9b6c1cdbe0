// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Subscription;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.watch.CircuitListener;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A unit that several services use: one life cycle, a status and a probe for each service. */
public final class SharedUnits {
    /** Each service has an address of its own; the unit's own watcher is not to wait for that of any of them. */
    private static final String NO_ADDRESS = "http://unit.invalid";

    private final UnitWatcher owner;
    private final Unit unit;

    /** Those who use it now. Changed and read anywhere. */
    private final Set<UnitWatcher> followers = ConcurrentHashMap.newKeySet();

    private final Surroundings surroundings;
    private final OfAll circuits;
    private final Doubts doubts;

    /** Set by {@link #users} only, which is not called by two threads at once. */
    private volatile List<ServiceConfig> users;

    /**
     * Creates the unit's own watcher.
     *
     * @param name of the unit; can be no service's
     * @param services who use it, at least two, which agree on how it is put to sleep
     * @param unit what they use
     * @param surroundings what its watcher shares with others
     * @param watchers finds any watcher by its name, or null if it was removed
     */
    public SharedUnits(
            String name,
            List<ServiceConfig> services,
            Unit unit,
            Surroundings surroundings,
            Function<String, @Nullable UnitWatcher> watchers) {
        this.unit = unit;
        this.surroundings = surroundings;
        this.users = List.copyOf(services);
        this.circuits = new OfAll(users, surroundings);
        this.owner = new UnitWatcher(config(name, services), surroundings.telling(circuits), watchers);
        this.doubts = new Doubts(owner::giveUpIf);
    }

    private WatcherConfig config(String name, List<ServiceConfig> services) {
        return new WatcherConfig(unitConfig(name, services), unit, null, null, List.of(), false);
    }

    /**
     * Others use the unit from now on. Not to be called by two threads at once.
     *
     * @param services at least two, which agree on how it is put to sleep
     */
    public void users(List<ServiceConfig> services) {
        if (!services.equals(users)) {
            users = List.copyOf(services);
            circuits.users(users);
            owner.retune(config(owner.name(), services));
        }
    }

    /** Nobody is to use the unit any more: its circuit matters no longer. */
    public void retire() {
        circuits.users(List.of());
    }

    /**
     * Tells what becomes of the unit at the end.
     *
     * @return whether it is left as it is
     */
    public boolean isLeft() {
        return users.get(0).onClose() == ServiceConfig.OnClose.LEAVE;
    }

    /** The unit's circuit is that of all its services: nobody else knows it by a name. */
    private static final class OfAll implements CircuitListener {
        private final CircuitListener listener;
        private final Executor executor;

        /** What the listener is told, in order. */
        private final ActionQueue told = new ActionQueue();

        /** Touched in the queue only, as the field below. */
        private Set<String> services;

        private @Nullable Open open;

        private record Open(int failures, Reason reason) {}

        OfAll(List<ServiceConfig> services, Surroundings surroundings) {
            this.services = names(services);
            this.listener = surroundings.circuits();
            this.executor = surroundings.completions();
        }

        private static Set<String> names(List<ServiceConfig> services) {
            return services.stream().map(ServiceConfig::name).collect(Collectors.toCollection(LinkedHashSet::new));
        }

        @Override
        public void onOpened(String unit, int failures, Reason reason) {
            act(() -> {
                Open now = new Open(failures, reason);
                open = now;
                services.forEach(service -> tellOpened(service, now));
            });
        }

        @Override
        public void onClosed(String unit) {
            act(() -> {
                open = null;
                services.forEach(this::tellClosed);
            });
        }

        /** Who begins to use a unit whose circuit is open is told so, and who ceases to, that it matters no more. */
        void users(List<ServiceConfig> next) {
            Set<String> names = names(next);
            act(() -> {
                Set<String> before = services;
                Open now = open;
                services = names;
                if (now != null) {
                    difference(before, names).forEach(this::tellClosed);
                    difference(names, before).forEach(service -> tellOpened(service, now));
                }
            });
        }

        // Each on its own: what the listener throws of one service keeps the others from nothing.
        private void tellOpened(String service, Open now) {
            act(() -> listener.onOpened(service, now.failures(), now.reason()));
        }

        private void tellClosed(String service) {
            act(() -> listener.onClosed(service));
        }

        private static List<String> difference(Set<String> names, Set<String> others) {
            return names.stream().filter(name -> !others.contains(name)).toList();
        }

        private void act(Runnable task) {
            told.add(List.of(task));
            executor.execute(told::run);
        }
    }

    /**
     * Checks that services can use one unit.
     *
     * @param services who are to use it
     * @throws ConfigException if they do not agree on how it is put to sleep
     */
    public static void refuseConflicts(List<ServiceConfig> services) {
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
                NO_ADDRESS,
                ReadyConfig.TCP,
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
     * Makes what one of the services sees of the unit.
     *
     * @param service name of the service
     * @param own the unit as the service describes it: it may be reached at an address of its own
     * @return a unit to be watched by the service's watcher, whose owner is the unit's own
     */
    public Unit seenBy(String service, Unit own) {
        return new SharedUnit(service, own, owner, doubts);
    }

    /**
     * Has a service's watcher hear what becomes of the unit.
     *
     * @param seen made by {@link #seenBy}
     * @param watcher watches it
     * @return to be closed when it does so no more
     */
    public Subscription follow(Unit seen, UnitWatcher watcher) {
        SharedUnit shared = (SharedUnit) seen;
        Subscription events = owner.subscribe(event -> shared.on(event, watcher::onUnitEvent), surroundings.tasks());
        followers.add(watcher);
        return () -> {
            followers.remove(watcher);
            events.close();
        };
    }

    /**
     * Takes in an event of the unit's provider.
     *
     * @param event about the unit
     */
    public void onUnitEvent(UnitEvent event) {
        owner.onUnitEvent(event);
        if (event.kind() == UnitEvent.Kind.CHANGED) {
            followers.forEach(UnitWatcher::changed);
        }
    }
}
