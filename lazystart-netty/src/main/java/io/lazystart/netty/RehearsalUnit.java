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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The only unit of a provider of its own: it runs once it is started, in name only, at an address that was given. */
final class RehearsalUnit implements ProviderFactory, Provider, Unit {
    private final String type;
    private volatile UnitStatus.State state = UnitStatus.State.STOPPED;
    private volatile @Nullable UnitAddress address;

    RehearsalUnit(String type) {
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
        return this;
    }

    @Override
    public String id() {
        return type;
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

    @Override
    public void close() {}
}
