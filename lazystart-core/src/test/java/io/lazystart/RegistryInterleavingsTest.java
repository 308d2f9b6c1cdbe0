// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.UnitConfig;
import io.lazystart.http.HttpAnswer;
import io.lazystart.http.HttpGate;
import io.lazystart.http.Outcome;
import io.lazystart.http.RequestView;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.time.Scheduler;
import io.lazystart.wake.CpuTime;
import io.lazystart.wake.Deadlines;
import io.lazystart.wake.FirstReads;
import io.lazystart.wake.StartTimes;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WaitingRoom;
import io.lazystart.wake.WatcherConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Reloads that fall between each other, and between the look-ups of callers, on threads that really run at a time. */
class RegistryInterleavingsTest {
    private static final LazyStartConfig EMPTY =
            LazyStartConfig.of(Path.of("unused"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), Map.of());

    private static final List<Targets> PLANS = List.of(
            targets("same one", "web two"),
            targets("same one", "web three", "api two"),
            targets("same one", "api three"),
            targets("same one", "web four", "api four"));

    private static Targets targets(String... services) {
        Map<String, ServiceConfigBuilder> configured = new LinkedHashMap<>();
        Map<String, Units.Opened> opened = new HashMap<>();
        for (String service : services) {
            String[] words = service.split(" ", -1);
            Map<String, Object> settings = Map.of("unit", words[1]);
            configured.put(words[0], new ServiceConfigBuilder().unit("scripted", settings));
            opened.put(
                    words[0],
                    new Units.Opened(
                            new UnitConfig("scripted", settings),
                            new Units.Key("scripted", words[1]),
                            new Quiet(words[1])));
        }
        return Targets.of(
                LazyStartConfig.of(Path.of("unused"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), configured), opened);
    }

    @Test
    void reloadsAndLookUps_areLinearizable() {
        new StressOptions()
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .iterations(10)
                .invocationsPerIteration(100)
                .check(Plans.class);
    }

    /** A registry that serves one plan or another. */
    public static final class Plans {
        private final Registry registry = new Registry(new Inline(), EMPTY);

        /** Begins with the first plan. */
        public Plans() {
            registry.apply(PLANS.get(0));
        }

        @Operation
        public void reload(@Param(gen = IntGen.class, conf = "0:3") int plan) {
            registry.apply(PLANS.get(plan));
        }

        /** The unit of one service, which each plan has in another way, or not at all. */
        @Operation
        public String look() {
            Entry api = registry.entries().get("api");
            return api == null ? "none" : api.opened().key().unit();
        }

        @Validate
        public void everyServiceHasItsUnit() {
            registry.entries().values().forEach(entry -> {
                UnitWatcher holder = registry.holders().of(entry.opened().key()).watcher();
                boolean shared = entry.opened().key().unit().equals("four");
                check(
                        shared ? holder.name().equals("scripted:four") : holder == entry.watcher(),
                        entry.watcher().name());
            });
        }

        private static void check(boolean holds, String problem) {
            if (!holds) {
                throw new IllegalStateException(problem);
            }
        }
    }

    /** A unit that does what it is told and says nothing. */
    private static final class Quiet implements Unit {
        private final String id;
        private volatile State state = State.STOPPED;

        Quiet(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public UnitStatus status() {
            return new UnitStatus(state, null, null);
        }

        @Override
        public String start() {
            state = State.RUNNING;
            return null;
        }

        @Override
        public void stop(String signal, Duration timeout) {
            state = State.STOPPED;
        }

        @Override
        public void kill() {
            state = State.STOPPED;
        }
    }

    /** Everything on the thread that asks for it; no time passes. */
    private static final class Inline implements Parts {
        private static final CpuTime CPU = new CpuTime(Path.of("/proc"));
        private static final Scheduler NEVER = (task, delay) -> () -> {};

        private final FirstReads firstReads = new FirstReads();
        private final WaitingRoom room = new WaitingRoom(10);

        @Override
        public Surroundings surroundings(Executor calls) {
            return new Surroundings(
                    new FakeTicker(),
                    NEVER,
                    calls,
                    Runnable::run,
                    Runnable::run,
                    Runnable::run,
                    CPU,
                    room.share(),
                    firstReads,
                    name -> new StartTimes(),
                    (service, failures, reason) -> {},
                    Deadlines.ofReads(new FakeTicker(), NEVER),
                    late -> {});
        }

        @Override
        public Executor calls(String type) {
            return Runnable::run;
        }

        @Override
        public Executor tasks() {
            return Runnable::run;
        }

        @Override
        public WatcherConfig config(Target target, Unit unit) {
            return new WatcherConfig(target.service(), unit, null, null, List.of(), false);
        }

        @Override
        public void forget(String service) {}

        @Override
        public void released(Units.Key unit) {}

        @Override
        public HttpGate gate(Entry entry) {
            return new HttpGate() {
                @Override
                public Outcome handle(RequestView request) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public HttpAnswer upstreamFailed(RequestView request, int status, String problem) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }
}
