// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.UnitConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.http.HttpGate;
import io.lazystart.http.HttpGates;
import io.lazystart.http.WakeGuard;
import io.lazystart.probe.Probe;
import io.lazystart.probe.ProbeResult;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.testkit.VirtualScheduler;
import io.lazystart.wake.CpuTime;
import io.lazystart.wake.Deadlines;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.StartTimes;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.watch.CircuitListener;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A registry over scripted units, in virtual time on the thread of the test. */
final class ReloadHarness implements Parts {
    final FakeTicker ticker = new FakeTicker();
    final VirtualScheduler time = new VirtualScheduler(ticker);
    final ScriptedProvider provider = new ScriptedProvider();
    final Registry registry = new Registry(this, EMPTY);

    /** Calls of all units, such as {@code one START}, in their order. */
    final List<String> verbs = new ArrayList<>();

    /** A setting of all units; that of another version is another script. */
    int version = 1;

    /** Whether calls of providers hang until the test makes them. */
    boolean slow;

    final List<Runnable> hung = new ArrayList<>();

    /** What the listener of circuits was told, such as {@code opened web}. */
    final List<String> alerts = new ArrayList<>();

    /** Services that were removed, and are over. */
    final List<String> forgotten = new ArrayList<>();

    /** Units that nobody uses any more. */
    final List<String> released = new ArrayList<>();

    /** Services whose probes fail. */
    final Set<String> sick = new HashSet<>();

    /** Which service was probed and where, such as {@code web http://127.0.0.1:8080}. */
    final List<String> probed = new ArrayList<>();

    private static final LazyStartConfig EMPTY =
            LazyStartConfig.of(Path.of("unused"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), Map.of());

    private final CircuitListener alarms = new CircuitListener() {
        @Override
        public void onOpened(String service, int failures, Reason reason) {
            alerts.add("opened " + service);
        }

        @Override
        public void onClosed(String service) {
            alerts.add("closed " + service);
        }
    };

    private final WaitingRoom room = new WaitingRoom(100);
    private final FirstReads firstReads = new FirstReads();
    private final Deadlines reads = Deadlines.ofReads(ticker, time);
    private final HttpGates gates = new HttpGates(Limits.DEFAULT, WakeGuard.ALLOW_ALL, time, time);
    private final Map<String, Units.Opened> opened = new HashMap<>();
    private final Set<String> logged = new HashSet<>();

    ReloadHarness() {
        provider.watch(new UnitListener() {
            @Override
            public void onEvent(UnitEvent event) {
                Holders.Holder holder = registry.holders().of(new Units.Key("scripted", event.unit()));
                if (holder != null) {
                    holder.onUnitEvent(event);
                }
            }

            @Override
            public void onResync() {
                registry.holders().resync("scripted");
            }

            @Override
            public void onLost() {
                registry.holders().lost("scripted");
            }
        });
    }

    /** Services of a configuration. */
    static final class Plan {
        private final Map<String, ServiceConfigBuilder> services = new LinkedHashMap<>();

        /** A service with a unit of the name given. */
        Plan service(String name, String unit, Consumer<ServiceConfigBuilder> options) {
            ServiceConfigBuilder builder = new ServiceConfigBuilder().unit("scripted", Map.of("unit", unit));
            options.accept(builder.onClose(ServiceConfig.OnClose.STOP));
            services.put(name, builder);
            return this;
        }

        /** A service that is left as it is when it is removed. */
        Plan left(String name, String unit) {
            services.put(
                    name,
                    new ServiceConfigBuilder()
                            .unit("scripted", Map.of("unit", unit))
                            .onClose(ServiceConfig.OnClose.LEAVE));
            return this;
        }

        /** A service without a unit. */
        Plan group(String name, String... members) {
            services.put(name, new ServiceConfigBuilder().dependsOn(members));
            return this;
        }

        Plan service(String name, String unit) {
            return service(name, unit, options -> {});
        }
    }

    static Plan plan() {
        return new Plan();
    }

    /** Why a caller was refused, or a lease was lost. */
    static Reason reason(CompletableFuture<Lease> caller) {
        return caller.handle((lease, failure) -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    return ((WakeException) cause).reason();
                })
                .join();
    }

    /** A service that sleeps after so many seconds without use. */
    static Consumer<ServiceConfigBuilder> idle(int seconds) {
        return service -> service.idleTimeout(Duration.ofSeconds(seconds));
    }

    /** Serves the plan from now on, and lets everything happen that is due at once. */
    ReloadHarness load(Plan plan) {
        LazyStartConfig config =
                LazyStartConfig.of(Path.of("unused"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), plan.services);
        Map<String, Units.Opened> units = new HashMap<>();
        config.services().forEach((name, service) -> {
            if (service.unit() != null) {
                units.put(name, open(name, service.unit()));
            }
        });
        room.resize(100, config.services().size());
        registry.apply(Targets.of(config, units));
        time.runDue();
        return this;
    }

    private static String unitOf(UnitConfig described) {
        return described.settings().get("unit").toString();
    }

    private Units.Opened open(String service, UnitConfig plain) {
        String name = unitOf(plain);
        UnitConfig described = new UnitConfig("scripted", Map.of("unit", name, "version", version));
        Units.Opened before = opened.get(service);
        if (before == null || !before.described().equals(described)) {
            ScriptedUnit unit = unit(version == 1 ? name : name + version);
            before = new Units.Opened(described, new Units.Key("scripted", name), unit);
            opened.put(service, before);
        }
        return before;
    }

    /** Finds a unit whose verbs are logged. */
    ScriptedUnit unit(String name) {
        ScriptedUnit unit = provider.unit(name);
        if (logged.add(name)) {
            for (Call call : List.of(Call.START, Call.STOP, Call.KILL, Call.PAUSE)) {
                unit.on(call, () -> verbs.add(name + " " + call));
            }
        }
        return unit;
    }

    UnitWatcher watcher(String service) {
        return registry.entries().get(service).watcher();
    }

    Status status(String service) {
        return watcher(service).snapshot().status();
    }

    /** Asks for a lease and lets everything happen that is due now. */
    CompletableFuture<Lease> acquire(String service) {
        return acquire(watcher(service));
    }

    CompletableFuture<Lease> acquire(UnitWatcher watcher) {
        CompletableFuture<Lease> future =
                watcher.acquire(WakeRequest.of(Cause.request("GET /"))).toCompletableFuture();
        time.runDue();
        return future;
    }

    @Override
    public Surroundings surroundings(Executor calls) {
        return new Surroundings(
                ticker,
                time,
                calls,
                time,
                time,
                time,
                new CpuTime(Path.of("/proc")),
                room,
                firstReads,
                name -> new StartTimes(),
                alarms,
                reads,
                late -> {});
    }

    /** Makes the calls that hang, and lets everything happen that is due now. */
    void runHung() {
        slow = false;
        List<Runnable> calls = List.copyOf(hung);
        hung.clear();
        calls.forEach(Runnable::run);
        time.runDue();
    }

    @Override
    public Executor calls(String type) {
        return call -> (slow ? (Executor) hung::add : time).execute(call);
    }

    @Override
    public Executor tasks() {
        return time;
    }

    @Override
    public WatcherConfig config(Target target, Unit unit) {
        ServiceConfig service = target.service();
        Probe probe = (address, timeout, linger, objection) -> {
            probed.add(service.name() + " " + address);
            boolean well = !sick.contains(service.name());
            return new ProbeResult(well, well ? "HTTP 200" : "HTTP 503");
        };
        return new WatcherConfig(service, unit, null, probe, List.of(), target.job());
    }

    @Override
    public void forget(String service) {
        forgotten.add(service);
    }

    @Override
    public void released(Units.Key unit) {
        released.add(unit.unit());
    }

    @Override
    public HttpGate gate(Entry entry) {
        return gates.gate(entry.watcher(), entry::service);
    }
}
