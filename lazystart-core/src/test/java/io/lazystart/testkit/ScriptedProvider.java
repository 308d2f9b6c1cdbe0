// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Capability;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.DiscoveryListener;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A provider of type {@code scripted} whose units do what the test says: {@link #unit(String)} gives the script of the
 * unit that a service of that name uses. Is its own factory. Thread-safe.
 */
public final class ScriptedProvider implements ProviderFactory, Provider {
    private final Map<String, ScriptedUnit> units = new ConcurrentHashMap<>();
    private volatile @Nullable UnitListener listener;
    private volatile boolean closed;
    private volatile boolean truthful;
    private volatile boolean looks;
    private volatile @Nullable DiscoveryListener finder;
    private volatile @Nullable Collection<DiscoveredService> finds;

    private final List<String> released = new CopyOnWriteArrayList<>();
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
     * Has the units do by themselves what {@link ProviderContractTest} asks of real ones: verbs tell their events, leave
     * alone what is so already, and are refused where they make no sense; nothing starts after a close. Without this a verb
     * does what it is called and says nothing, so that a test can say it, late, twice or wrongly.
     *
     * @return this
     */
    public ScriptedProvider truthful() {
        truthful = true;
        return this;
    }

    /**
     * Finds the script of a unit, which is stopped until somebody starts it.
     *
     * @param service name of the service
     * @return the unit, the same for each call
     */
    public ScriptedUnit unit(String service) {
        return units.computeIfAbsent(service, name -> new ScriptedUnit(name, () -> listener, this::mode));
    }

    /**
     * States {@link Capability#DISCOVER}, so that services can be found; to be called before it is created.
     *
     * @return this
     */
    public ScriptedProvider looking() {
        looks = true;
        return this;
    }

    /**
     * These services are found now, and no others. Before anybody looks they are kept until somebody does.
     *
     * @param services each by another name
     */
    public void finds(DiscoveredService... services) {
        finds = List.of(services);
        DiscoveryListener told = finder;
        if (told != null) {
            told.onServices(List.of(services));
        }
    }

    private ScriptedUnit.Mode mode() {
        if (!truthful) {
            return ScriptedUnit.Mode.PLAIN;
        }
        return closed ? ScriptedUnit.Mode.CLOSED : ScriptedUnit.Mode.TRUTHFUL;
    }

    /**
     * Tells whether the provider has been closed.
     *
     * @return true after {@link #close()}, until it is created again
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

    /** Opens it, again if it was closed: the units are as they were left, and nobody watches. */
    @Override
    public Provider create(ProviderContext context) {
        closed = false;
        listener = null;
        return this;
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all =
                EnumSet.of(Capability.PAUSE, Capability.WATCH, Capability.SIGNAL, Capability.PIDS, Capability.HEALTH);
        if (looks) {
            all.add(Capability.DISCOVER);
        }
        return all;
    }

    /**
     * Says that events are being missed, until {@link #resync()}.
     */
    public void lose() {
        UnitListener told = listener;
        if (told != null) {
            told.onLost();
        }
    }

    /** The service's own unit, or the one that the setting {@code unit} names. */
    @Override
    public Unit unit(String service, Settings settings) {
        String named = settings.string("unit");
        return unit(named == null ? service : named);
    }

    @Override
    public void watch(UnitListener events) {
        if (deaf != null) {
            throw deaf;
        }
        listener = events;
    }

    @Override
    public void discover(DiscoveryListener listener) {
        if (!looks) {
            throw new UnsupportedOperationException("discover: this provider does not look for services");
        }
        finder = listener;
        Collection<DiscoveredService> known = finds;
        if (known != null) {
            listener.onServices(known);
        }
    }

    @Override
    public void released(String unit) {
        released.add(unit);
    }

    /**
     * Tells which units were released.
     *
     * @return their ids, in the order in which they were
     */
    public List<String> released() {
        return List.copyOf(released);
    }

    @Override
    public void close() {
        finder = null;
        closed = true;
        if (truthful) {
            listener = null;
        }
    }
}
