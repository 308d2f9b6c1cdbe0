// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A provider whose units never come up: a start lasts until it is interrupted. */
final class NoUnits implements ProviderFactory, Provider, Unit {
    private final String type;

    NoUnits(String type) {
        this.type = type;
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
        return new UnitStatus(UnitStatus.State.STOPPED, null, null);
    }

    @Override
    public @Nullable String start() throws InterruptedException {
        new CountDownLatch(1).await();
        return null;
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) {}

    @Override
    public void kill() {}

    @Override
    public void close() {}
}
