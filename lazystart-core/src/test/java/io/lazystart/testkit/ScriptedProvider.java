// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A provider of type {@code scripted} whose units do what the test says: {@link #unit(String)} gives the script of the
 * unit that a service of that name uses. Is its own factory. Thread-safe.
 */
public final class ScriptedProvider implements ProviderFactory, Provider {
    private final Map<String, ScriptedUnit> units = new ConcurrentHashMap<>();
    private volatile @Nullable UnitListener listener;
    private volatile boolean closed;

    private final @Nullable RuntimeException deaf;

    /** Creates a provider without units. */
    public ScriptedProvider() {
        this.deaf = null;
    }

    /**
     * Creates a provider whose event stream cannot be opened.
     *
     * @param deaf what {@link #watch} throws
     */
    public ScriptedProvider(RuntimeException deaf) {
        this.deaf = deaf;
    }

    /**
     * Finds the script of a unit, which is stopped until somebody starts it.
     *
     * @param service name of the service
     * @return the unit, the same for each call
     */
    public ScriptedUnit unit(String service) {
        return units.computeIfAbsent(service, name -> new ScriptedUnit(name, () -> listener));
    }

    /**
     * Tells whether the provider has been closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return closed;
    }

    /** Tells the core that events may have been lost. */
    public void resync() {
        Objects.requireNonNull(listener, "nobody watches").onResync();
    }

    @Override
    public String type() {
        return "scripted";
    }

    @Override
    public Provider create(ProviderContext context) {
        return this;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.PAUSE, Capability.WATCH, Capability.SIGNAL);
    }

    @Override
    public Unit unit(String service, Settings settings) {
        return unit(service);
    }

    @Override
    public void watch(UnitListener events) {
        if (deaf != null) {
            throw deaf;
        }
        listener = events;
    }

    @Override
    public void close() {
        closed = true;
    }
}
