// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitStatus;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Has units that run once they are started, in name only, all at an address that was given. */
final class RehearsalProvider implements ProviderFactory, Provider {
    /** The setting that names the unit. */
    static final String UNIT = "unit";

    private final String type;
    private volatile @Nullable UnitAddress address;

    RehearsalProvider(String type) {
        this.type = type;
    }

    void listensAt(InetSocketAddress at) {
        address = new UnitAddress(at.getAddress().getHostAddress(), at.getPort());
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Provider create(ProviderContext context) {
        return this;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public Unit unit(String service, Settings settings) {
        return new RehearsalUnit(Objects.requireNonNull(settings.string(UNIT), UNIT));
    }

    @Override
    public void close() {}

    private final class RehearsalUnit implements Unit {
        private final String id;
        private volatile UnitStatus.State state = UnitStatus.State.STOPPED;

        RehearsalUnit(String id) {
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
        public boolean listens() {
            return true;
        }

        @Override
        public @Nullable UnitAddress address() {
            return address;
        }

        @Override
        public @Nullable String start() {
            state = UnitStatus.State.RUNNING;
            return null;
        }

        @Override
        public void stop(@Nullable String signal, Duration timeout) {
            kill();
        }

        @Override
        public void kill() {
            state = UnitStatus.State.STOPPED;
        }
    }
}
