// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Health;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.provider.UnitStatus;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A provider in front of the scripted one, which a fault overrides in one place. */
abstract class FaultySelfTestBase extends ScriptedContractSelfTest {
    /** Short where a case is to fail, which takes so long; long where none is, since a busy machine may take its time. */
    static volatile Duration patience = Duration.ofSeconds(1);

    @Override
    protected ProviderFactory factory() {
        ProviderFactory real = super.factory();
        return new ProviderFactory() {
            @Override
            public String type() {
                return real.type();
            }

            @Override
            public Provider create(ProviderContext context) {
                return provider(real.create(context));
            }
        };
    }

    @Override
    protected Duration patience() {
        return patience;
    }

    Provider provider(Provider real) {
        return new Through(real, this);
    }

    Unit unit(Unit real) {
        return real;
    }

    Set<Capability> capabilities(Set<Capability> real) {
        return real;
    }

    @Nullable
    UnitEvent event(UnitEvent real) {
        return real;
    }

    /** Passes everything on. */
    static class Through implements Provider {
        private final Provider real;
        private final FaultySelfTestBase fault;

        Through(Provider real, FaultySelfTestBase fault) {
            this.real = real;
            this.fault = fault;
        }

        @Override
        public Set<Capability> capabilities() {
            return fault.capabilities(real.capabilities());
        }

        @Override
        public Unit unit(String service, Settings settings) {
            return fault.unit(real.unit(service, settings));
        }

        @Override
        public void watch(UnitListener listener) {
            real.watch(new UnitListener() {
                @Override
                public void onEvent(UnitEvent event) {
                    UnitEvent told = fault.event(event);
                    if (told != null) {
                        listener.onEvent(told);
                    }
                }

                @Override
                public void onResync() {
                    listener.onResync();
                }
            });
        }

        @Override
        public void released(String unit) {
            real.released(unit);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /** Passes everything on. */
    static class ThroughUnit implements Unit {
        final Unit real;

        ThroughUnit(Unit real) {
            this.real = real;
        }

        @Override
        public String id() {
            return real.id();
        }

        @Override
        public UnitStatus status() throws Exception {
            return real.status();
        }

        @Override
        public @Nullable String start() throws Exception {
            return real.start();
        }

        @Override
        public void stop(@Nullable String signal, Duration timeout) throws Exception {
            real.stop(signal, timeout);
        }

        @Override
        public boolean awaitsHealth() {
            return real.awaitsHealth();
        }

        @Override
        public Health health() throws Exception {
            return real.health();
        }

        @Override
        public void kill() throws Exception {
            real.kill();
        }

        @Override
        public void pause() throws Exception {
            real.pause();
        }

        @Override
        public void unpause() throws Exception {
            real.unpause();
        }

        @Override
        public boolean listens() {
            return real.listens();
        }

        @Override
        public @Nullable UnitAddress address() throws Exception {
            return real.address();
        }
    }
}
