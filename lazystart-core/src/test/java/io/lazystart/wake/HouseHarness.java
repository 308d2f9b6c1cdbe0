// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.probe.Probe;
import io.lazystart.probe.ProbeResult;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Several services over scripted units that depend on each other, in virtual time on the thread of the test. */
final class HouseHarness {
    final FakeTicker ticker = new FakeTicker();
    final VirtualScheduler time = new VirtualScheduler(ticker);
    final ScriptedProvider provider = new ScriptedProvider();

    /** Starts and ends of all units, such as {@code db START}, in the order in which they were called. */
    final List<String> verbs = new ArrayList<>();

    /** Calls of the slow service's unit: they are made when the test runs them. */
    final List<Runnable> hung = new ArrayList<>();

    /** The service, or the unit of several, that is slow to answer; or null. */
    String slow;

    /** Runs once when the slow service's unit is called next, by the thread that carries out what was decided. */
    final OneShot atSlowCall = new OneShot();

    /** Services whose health probe fails. */
    final Set<String> sick = new HashSet<>();

    /** Whether what runs passes for ready, also where its health probe fails. */
    boolean shallow;

    private final Map<String, ServiceConfigBuilder> described = new LinkedHashMap<>();
    private final Map<String, UnitWatcher> watchers = new HashMap<>();
    /** Watchers of units that several services use, by the unit's name. */
    private final Map<String, UnitWatcher> owners = new HashMap<>();

    private final Map<String, RecordingListener> events = new HashMap<>();

    private final WaitingRoom room = new WaitingRoom(100);
    private final FirstReads firstReads = new FirstReads();
    private final Deadlines reads = Deadlines.ofReads(ticker, time);

    /** Adds a service with a scripted unit. */
    HouseHarness service(String name, Consumer<ServiceConfigBuilder> options) {
        return described(name, builder -> options.accept(builder.unit("scripted", Map.of())));
    }

    /** Adds a service that uses the scripted unit of that name, which others may use too. */
    HouseHarness serviceOn(String unit, String name, Consumer<ServiceConfigBuilder> options) {
        return described(name, builder -> options.accept(builder.unit("scripted", Map.of("unit", unit))));
    }

    /** Adds a service without a unit. */
    HouseHarness group(String name, String... members) {
        return described(name, builder -> builder.dependsOn(members));
    }

    HouseHarness group(String name, DependencyConfig... members) {
        return described(name, builder -> builder.dependsOn(members));
    }

    private HouseHarness described(String name, Consumer<ServiceConfigBuilder> options) {
        ServiceConfigBuilder builder = new ServiceConfigBuilder();
        options.accept(builder);
        described.put(name, builder);
        return this;
    }

    /** Opens all services and lets everything happen that is due at once. */
    HouseHarness open() {
        LazyStartConfig config =
                LazyStartConfig.of(Path.of("unused"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), described);
        Set<String> jobs = config.jobs();
        Map<String, Shared> shared = new HashMap<>();
        config.services().values().stream()
                .filter(service ->
                        !service.isGroup() && service.unit().settings().containsKey("unit"))
                .collect(Collectors.groupingBy(
                        service -> service.unit().settings().get("unit").toString()))
                .forEach((unit, services) -> {
                    SharedUnits.refuseConflicts(services);
                    Surroundings own = surroundings(call -> call(unit, call));
                    Unit used = logged(unit);
                    SharedUnits units = new SharedUnits("scripted:" + unit, services, used, own, this::watcher);
                    services.forEach(service -> shared.put(service.name(), new Shared(units, used, own)));
                    watchers.put("scripted:" + unit, units.owner());
                    owners.put(unit, units.owner());
                });
        config.services().forEach((name, service) -> {
            Surroundings surroundings = surroundings(call -> call(name, call));
            Shared units = shared.get(name);
            watchers.put(name, units == null ? watcher(service, surroundings, jobs) : follower(units, service));
        });
        provider.watch(new UnitListener() {
            @Override
            public void onEvent(UnitEvent event) {
                owners.getOrDefault(event.unit(), watcher(event.unit())).onUnitEvent(event);
            }

            @Override
            public void onResync() {
                watchers.values().forEach(UnitWatcher::onResync);
            }
        });
        watchers.values().forEach(UnitWatcher::boot);
        watchers.forEach((name, watcher) -> watcher.subscribe(events(name), time));
        time.runDue();
        return this;
    }

    /** What watchers share here. */
    Surroundings surroundings() {
        return surroundings(time);
    }

    private Surroundings surroundings(Executor providerCalls) {
        return new Surroundings(
                ticker,
                time,
                providerCalls,
                time,
                time,
                time,
                new CpuTime(Path.of("/proc")),
                room,
                firstReads,
                name -> new StartTimes(),
                this::circuit,
                reads,
                late -> {});
    }

    /** Circuits that were told of: the service, and how often it had failed. */
    final List<String> circuits = new ArrayList<>();

    private void circuit(String service, int failures, Reason reason) {
        circuits.add(service + " " + failures);
    }

    private Probe health(String service) {
        return (address, timeout, linger, objection) -> new ProbeResult(!sick.contains(service), "HTTP 503");
    }

    private void call(String service, Runnable providerCall) {
        if (service.equals(slow)) {
            atSlowCall.run();
            hung.add(providerCall);
        } else {
            time.execute(providerCall);
        }
    }

    private UnitWatcher watcher(ServiceConfig service, Surroundings surroundings, Set<String> jobs) {
        String name = service.name();
        WatcherConfig config = service.isGroup()
                ? new WatcherConfig(service, new GroupUnit(name), null, null, List.of(), false)
                : new WatcherConfig(service, logged(name), null, health(name), List.of(), jobs.contains(name));
        return new UnitWatcher(config, surroundings, this::watcher);
    }

    /** A unit that several services use, and what the watchers of it share with others. */
    private record Shared(SharedUnits units, Unit unit, Surroundings surroundings) {}

    private UnitWatcher follower(Shared shared, ServiceConfig service) {
        Unit seen = shared.units().seenBy(service.name(), shared.unit());
        Probe health = health(service.name());
        Probe ready = service.health() == null || shallow ? null : health;
        WatcherConfig config = new WatcherConfig(service, seen, ready, health, List.of(), false);
        UnitWatcher watcher = new UnitWatcher(config, shared.surroundings(), this::watcher);
        shared.units().follow(seen, watcher);
        return watcher;
    }

    private ScriptedUnit logged(String name) {
        ScriptedUnit unit = unit(name);
        for (ScriptedUnit.Call call : List.of(
                ScriptedUnit.Call.START, ScriptedUnit.Call.STOP, ScriptedUnit.Call.KILL, ScriptedUnit.Call.PAUSE)) {
            unit.on(call, () -> verbs.add(name + " " + call));
        }
        return unit;
    }

    ScriptedUnit unit(String name) {
        return provider.unit(name);
    }

    UnitWatcher watcher(String name) {
        return watchers.get(name);
    }

    RecordingListener events(String name) {
        return events.computeIfAbsent(name, service -> new RecordingListener());
    }

    Status status(String name) {
        return watcher(name).snapshot().status();
    }

    /** Asks for a lease and lets everything happen that is due now. */
    CompletableFuture<Lease> acquire(String name) {
        CompletableFuture<Lease> future =
                watcher(name).acquire(WakeRequest.of(WatcherHarness.REQUEST)).toCompletableFuture();
        time.runDue();
        return future;
    }

    /** Lets everything happen that is due within the time. */
    void advance(Duration duration) {
        time.advance(duration);
    }
}
