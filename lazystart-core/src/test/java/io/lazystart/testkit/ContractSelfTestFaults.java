// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Health;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Providers with one fault each, before the contract. */
final class ContractSelfTestFaults {
    private ContractSelfTestFaults() {}

    static class NoFault extends FaultySelfTestBase {}

    static class StopReturnsBeforeTheUnitIsStopped extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public void stop(@Nullable String signal, Duration timeout) {}
            };
        }
    }

    static class StartOfARunningUnitRestartsIt extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public @Nullable String start() throws Exception {
                    real.kill();
                    return real.start();
                }
            };
        }
    }

    static class RunsHaveOneId extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public String start() throws Exception {
                    real.start();
                    return "run";
                }

                @Override
                public UnitStatus status() throws Exception {
                    UnitStatus status = real.status();
                    return new UnitStatus(status.state(), status.run() == null ? null : "run", status.exit());
                }
            };
        }

        @Override
        UnitEvent event(UnitEvent real) {
            return new UnitEvent(real.unit(), real.kind(), "run", real.exit());
        }
    }

    static class WhatIsReleasedIsEnded extends FaultySelfTestBase {
        private final Map<String, Unit> units = new ConcurrentHashMap<>();

        @Override
        Provider provider(Provider real) {
            return new Through(real, this) {
                @Override
                public void released(String unit) {
                    ContractSelfTestCloseFaults.CloseStopsTheUnits.kill(units.get(unit));
                }
            };
        }

        @Override
        Unit unit(Unit real) {
            units.put(real.id(), real);
            return real;
        }
    }

    static class WhatWasReleasedOnceIsNotHeard extends FaultySelfTestBase {
        private final Set<String> forgotten = ConcurrentHashMap.newKeySet();

        @Override
        Provider provider(Provider real) {
            return new Through(real, this) {
                @Override
                public void released(String unit) {
                    forgotten.add(unit);
                }
            };
        }

        @Override
        @Nullable
        UnitEvent event(UnitEvent real) {
            return forgotten.contains(real.unit()) ? null : real;
        }
    }

    static class HandlesDiffer extends FaultySelfTestBase {
        private final AtomicInteger handles = new AtomicInteger();

        @Override
        Unit unit(Unit real) {
            String id = real.id() + (handles.getAndIncrement() == 1 ? "-twin" : "");
            return new ThroughUnit(real) {
                @Override
                public String id() {
                    return id;
                }
            };
        }
    }

    static class RefusalsSayNothing extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public void pause() throws Exception {
                    try {
                        real.pause();
                    } catch (ProviderException refused) {
                        throw new IllegalStateException();
                    }
                }
            };
        }
    }

    static class StartIsNotTold extends FaultySelfTestBase {
        @Override
        @Nullable
        UnitEvent event(UnitEvent real) {
            return real.kind() != Kind.STARTED ? real : null;
        }
    }

    static class OwnEndIsNotTold extends FaultySelfTestBase {
        private volatile boolean ending;

        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public void kill() throws Exception {
                    ending = true;
                    try {
                        real.kill();
                    } finally {
                        ending = false;
                    }
                }
            };
        }

        @Override
        @Nullable
        UnitEvent event(UnitEvent real) {
            return !ending ? real : null;
        }
    }

    static class PauseIsNotTold extends FaultySelfTestBase {
        @Override
        @Nullable
        UnitEvent event(UnitEvent real) {
            return real.kind() != Kind.CHANGED ? real : null;
        }
    }

    static class StatusIsBehindTheEvents extends FaultySelfTestBase {
        private final Map<String, UnitStatus> stale = new ConcurrentHashMap<>();

        @Override
        UnitEvent event(UnitEvent real) {
            stale.put(real.unit(), new UnitStatus(State.STOPPED, null, null));
            return real;
        }

        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public UnitStatus status() throws Exception {
                    UnitStatus old = stale.remove(id());
                    return old == null ? real.status() : old;
                }
            };
        }
    }

    static class LossIsNotTold extends FaultySelfTestBase {
        @Override
        protected void mendEvents() {}
    }

    static class InterruptIsSwallowed extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public UnitStatus status() throws Exception {
                    while (true) {
                        try {
                            return real.status();
                        } catch (InterruptedException swallowed) {
                            // that is the fault
                        }
                    }
                }
            };
        }
    }

    static class VerbsWaitForEachOther extends FaultySelfTestBase {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public void stop(@Nullable String signal, Duration timeout) throws Exception {
                    lock.lockInterruptibly();
                    try {
                        real.stop(signal, timeout);
                    } finally {
                        lock.unlock();
                    }
                }

                @Override
                public void kill() throws Exception {
                    lock.lockInterruptibly();
                    try {
                        real.kill();
                    } finally {
                        lock.unlock();
                    }
                }
            };
        }
    }

    static class UnitIsGivenNoTime extends FaultySelfTestBase {
        @Override
        protected @Nullable Settings settings(String service, UnitKind kind) {
            return super.settings(service, kind == UnitKind.STUBBORN ? UnitKind.PLAIN : kind);
        }
    }

    static class MissingUnitCannotBeRead extends FaultySelfTestBase {
        @Override
        protected @Nullable Settings settings(String service, UnitKind kind) {
            Settings settings = super.settings(service, kind);
            if (kind == UnitKind.MISSING) {
                ((ScriptedProvider) super.factory().create(null)).unit(service).on(Call.STATUS, () -> {
                    throw new ProviderException("there is no " + service, null, null);
                });
            }
            return settings;
        }
    }

    static class AddressIsRemembered extends FaultySelfTestBase {
        private @Nullable UnitAddress last;

        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public @Nullable UnitAddress address() throws Exception {
                    UnitAddress now = real.address();
                    last = now == null ? last : now;
                    return last;
                }
            };
        }
    }

    static class FailedStartTellsNothing extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public @Nullable String start() throws Exception {
                    try {
                        return real.start();
                    } catch (ProviderException failure) {
                        throw new ProviderException("start: failed", null, failure);
                    }
                }
            };
        }
    }

    static class PauseIsStatedAndNotHad extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public void pause() {
                    throw new UnsupportedOperationException("pause: not here");
                }
            };
        }
    }

    static class PauseIsHadAndNotStated extends FaultySelfTestBase {
        @Override
        Set<Capability> capabilities(Set<Capability> real) {
            return without(real, Capability.PAUSE);
        }
    }

    static class HealthIsHadAndNotStated extends FaultySelfTestBase {
        @Override
        Set<Capability> capabilities(Set<Capability> real) {
            return without(real, Capability.HEALTH);
        }
    }

    private static class WithoutHealth extends FaultySelfTestBase.ThroughUnit {
        WithoutHealth(Unit real) {
            super(real);
        }

        @Override
        public Health health() {
            throw new UnsupportedOperationException("health: not here");
        }
    }

    static class HealthIsAwaitedAndNotStated extends FaultySelfTestBase {
        @Override
        Set<Capability> capabilities(Set<Capability> real) {
            return without(real, Capability.HEALTH);
        }

        @Override
        Unit unit(Unit real) {
            return new WithoutHealth(real) {
                @Override
                public boolean awaitsHealth() {
                    return true;
                }
            };
        }
    }

    static class HealthIsAwaitedAndNeverCome extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public boolean awaitsHealth() {
                    return true;
                }

                @Override
                public Health health() {
                    return Health.STARTING;
                }
            };
        }
    }

    static class HealthIsStatedAndNotHad extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new WithoutHealth(real);
        }
    }

    static class DiscoveryIsStatedAndNotHad extends FaultySelfTestBase {
        @Override
        Set<Capability> capabilities(Set<Capability> real) {
            Set<Capability> all = EnumSet.copyOf(real);
            all.add(Capability.DISCOVER);
            return all;
        }
    }

    static class WatchIsHadAndNotStated extends FaultySelfTestBase {
        @Override
        Set<Capability> capabilities(Set<Capability> real) {
            return without(real, Capability.WATCH);
        }
    }

    static class SignalIsHadAndNotStated extends FaultySelfTestBase {
        @Override
        Set<Capability> capabilities(Set<Capability> real) {
            return without(real, Capability.SIGNAL);
        }
    }

    static class UnknownSignalIsTaken extends FaultySelfTestBase {
        @Override
        Unit unit(Unit real) {
            return new ThroughUnit(real) {
                @Override
                public void stop(@Nullable String signal, Duration timeout) throws Exception {
                    real.stop(null, timeout);
                }
            };
        }
    }

    private static Set<Capability> without(Set<Capability> all, Capability one) {
        Set<Capability> rest = EnumSet.copyOf(all);
        rest.remove(one);
        return rest;
    }
}
