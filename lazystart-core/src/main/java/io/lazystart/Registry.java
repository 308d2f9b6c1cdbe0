// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Subscription;
import io.lazystart.graph.DependencyGraph;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Unit;
import io.lazystart.wake.ActionQueue;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.SharedUnits;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WatcherConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watchers of all services and units, and what each is to become. A watcher whose unit changes puts the old one to
 * sleep, is vacant then, and takes the new one as soon as nobody else has it; {@link #settle()} looks whenever that may have
 * become so. Looking up takes no lock.
 */
final class Registry {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);

    /** What the watchers are made with. */
    interface Parts {

        /** What a watcher shares with others; the executor runs the calls of its provider. */
        Surroundings surroundings(Executor calls);

        /** Runs the calls of a provider. */
        Executor calls(String type);

        /** Runs what does not block. */
        Executor completions();

        /** How a unit is watched that has an {@code owner} if others use it too. */
        WatcherConfig config(Target target, Unit unit, @Nullable String owner);

        /** The HTTP rules of a service. */
        HttpGate gate(Entry entry);
    }

    /** Who has a unit, and hears its events. */
    private interface Holder {
        UnitWatcher watcher();
    }

    /** A service. */
    static final class Entry implements Holder {
        /** What it is to be. Written under the lock, read anywhere. */
        private volatile Target target;

        private final UnitWatcher watcher;
        private final HttpGate gate;

        /** What it is; null while it is vacant. Guarded by the lock, with the fields below. */
        private @Nullable Target current;

        /** The unit it watches. */
        private @Nullable Unit unit;

        /** Who has the unit, if others use it too. */
        private @Nullable Owner owner;

        /** Whether its unit is being put to sleep for another, or for good. */
        private boolean leaves;

        /** Ends the events of a unit that others use too. Touched by the actions only. */
        private @Nullable Subscription events;

        private Entry(Target target, UnitWatcher watcher, Parts parts) {
            this.target = target;
            this.watcher = watcher;
            this.gate = parts.gate(this);
        }

        @Override
        public UnitWatcher watcher() {
            return watcher;
        }

        HttpGate gate() {
            return gate;
        }

        Units.@Nullable Opened opened() {
            return target.opened();
        }

        ServiceConfig service() {
            return target.service();
        }
    }

    /** A unit that several services use. */
    private static final class Owner implements Holder {
        private final Units.Key key;
        private final SharedUnits units;

        /** As the first of the services described it. */
        private final Units.Opened opened;

        /** How many services use it now. Guarded by the lock, with the field below. */
        private int users;

        private boolean leaves;

        private Owner(Units.Opened opened, SharedUnits units) {
            this.opened = opened;
            this.key = opened.key();
            this.units = units;
        }

        @Override
        public UnitWatcher watcher() {
            return units.owner();
        }
    }

    private final Parts parts;

    /** Finds the watcher of a dependency; one for all watchers. */
    private final Function<String, UnitWatcher> watchers = this::watcher;

    /** Taken by reloads, and when a unit has been put to sleep; never by a watcher's decisions. */
    private final ReentrantLock lock = new ReentrantLock();

    /** What is to be done to watchers: off the lock, since listeners of the host hear of it. */
    private final ActionQueue actions = new ActionQueue();

    /** Replaced under the lock, read anywhere. */
    private volatile Served served;

    /** Changed under the lock, read anywhere, as the map below. */
    private final Map<Units.Key, Holder> holders = new ConcurrentHashMap<>();

    /** Shared units by the names of their watchers. */
    private final Map<String, Owner> owners = new ConcurrentHashMap<>();

    /** Services that were removed and are not closed yet. Replaced under the lock, read anywhere. */
    private volatile List<Entry> leaving = List.of();

    /** Those that wait for their unit. Guarded by the lock, with the field below. */
    private final Set<Entry> vacant = new LinkedHashSet<>();

    /** Types of providers whose events are being missed. */
    private final Set<String> deaf = ConcurrentHashMap.newKeySet();

    private boolean closed;

    /**
     * What is served.
     *
     * @param config by which configuration
     * @param entries the services by name
     */
    private record Served(LazyStartConfig config, Map<String, Entry> entries) {}

    /** Serves nothing yet, by a configuration whose services are to be given. */
    Registry(Parts parts, LazyStartConfig config) {
        this.parts = parts;
        this.served = new Served(config, Map.of());
    }

    /** The configuration by which the services are what they are. */
    LazyStartConfig config() {
        return served.config();
    }

    /** All services by name; does not change. */
    Map<String, Entry> entries() {
        return served.entries();
    }

    /** Finds the watcher of a service, which the configuration has checked, of a shared unit, or of one that leaves. */
    private UnitWatcher watcher(String name) {
        Entry entry = entries().get(name);
        if (entry != null) {
            return entry.watcher;
        }
        Owner owner = owners.get(name);
        if (owner != null) {
            return owner.watcher();
        }
        return leaving.stream()
                .map(Entry::watcher)
                .filter(watcher -> watcher.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " was removed"));
    }

    /** Finds who hears the events of a unit; null if nobody does. */
    @Nullable
    UnitWatcher watcher(Units.Key unit) {
        Holder holder = holders.get(unit);
        return holder == null ? null : holder.watcher();
    }

    /** Events of a provider are being missed. */
    void lost(String type) {
        deaf.add(type);
        each(type, UnitWatcher::onLost);
    }

    /** They are heard again, after a gap. */
    void resync(String type) {
        deaf.remove(type);
        each(type, UnitWatcher::onResync);
    }

    /** Calls each watcher of a unit of the type. */
    void each(String type, Consumer<UnitWatcher> call) {
        holders.forEach((key, holder) -> {
            if (key.type().equals(type)) {
                call.accept(holder.watcher());
            }
        });
    }

    /** Calls each watcher. */
    void each(Consumer<UnitWatcher> call) {
        owners.values().forEach(owner -> call.accept(owner.watcher()));
        Stream.concat(entries().values().stream(), leaving.stream()).forEach(entry -> call.accept(entry.watcher));
    }

    /** Tells whether this thread decides. */
    boolean isLocked() {
        return lock.isHeldByCurrentThread();
    }

    /** Decides under the lock, and does off it what was decided. */
    private void locked(Runnable decision) {
        lock.lock();
        try {
            decision.run();
        } finally {
            lock.unlock();
        }
        actions.run();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what the task throws is logged here
    private static void after(CompletionStage<?> stage, Runnable task) {
        stage.whenComplete((done, never) -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("a change of the services failed", e);
            }
        });
    }

    private void act(Runnable action) {
        actions.add(List.of(action));
    }

    /** Tells what would change. */
    Reload reload(Map<String, Target> targets) {
        Map<String, Entry> now = entries();
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> removed = new ArrayList<>(now.keySet());
        removed.removeAll(targets.keySet());
        targets.forEach((name, target) -> {
            Entry known = now.get(name);
            if (known == null) {
                added.add(name);
            } else if (!known.target.equals(target)) {
                changed.add(name);
            }
        });
        return new Reload(added, changed, removed);
    }

    /**
     * Has the services be what they are to be: at once where it is a matter of policy, and where the unit changes once the
     * old one sleeps.
     */
    void apply(LazyStartConfig config, Map<String, Target> targets) {
        locked(() -> {
            Map<String, Entry> before = entries();
            Map<String, Entry> after = new LinkedHashMap<>();
            List<UnitWatcher> unread = new ArrayList<>();
            Map<Units.Key, List<ServiceConfig>> sharing = sharing(targets.values());
            targets.forEach((name, target) -> {
                Entry known = before.get(name);
                after.put(name, known == null ? added(target, sharing, unread) : known);
            });
            List<Entry> gone = before.values().stream()
                    .filter(entry -> !targets.containsKey(entry.watcher.name()))
                    .toList();
            leaving = Stream.concat(leaving.stream(), gone.stream()).toList();
            served = new Served(config, after);
            // From here on those who are new can be found, and so depended on.
            after.forEach((name, entry) -> change(entry, Objects.requireNonNull(targets.get(name))));
            remove(gone);
            unread.forEach(watcher -> act(watcher::boot));
            settle();
        });
    }

    /** The units that several services are to use, and which. */
    private static Map<Units.Key, List<ServiceConfig>> sharing(Iterable<Target> targets) {
        Map<Units.Key, List<ServiceConfig>> sharing = new LinkedHashMap<>();
        for (Target target : targets) {
            Units.Key key = target.key();
            if (key != null && target.shared()) {
                sharing.computeIfAbsent(key, unit -> new ArrayList<>()).add(target.service());
            }
        }
        return sharing;
    }

    /** A service that is new; perhaps another has to give up its unit first. */
    private Entry added(Target target, Map<Units.Key, List<ServiceConfig>> sharing, List<UnitWatcher> unread) {
        boolean free = isFree(target);
        Owner owner = free ? owner(target, sharing, unread) : null;
        Unit unit = free ? unit(target, owner) : new GroupUnit(target.service().name());
        UnitWatcher watcher = new UnitWatcher(
                parts.config(
                        target, unit, owner == null ? null : owner.watcher().name()),
                parts.surroundings(calls(target)),
                watchers);
        Entry entry = new Entry(target, watcher, parts);
        if (free) {
            taken(entry, target, unit, owner);
            unread.add(watcher);
        } else {
            entry.leaves = true;
            act(() -> watcher.awaitUnit(() -> vacated(entry)));
        }
        return entry;
    }

    /** Removes services; one on which others of them depend goes after those. */
    private void remove(List<Entry> gone) {
        Map<Entry, CompletableFuture<Void>> done = new HashMap<>();
        gone.forEach(entry -> done.put(entry, new CompletableFuture<>()));
        for (Entry entry : gone) {
            entry.leaves = true;
            vacant.remove(entry);
            CompletableFuture<Void> over = Objects.requireNonNull(done.get(entry));
            after(over, () -> removed(entry));
            Stream<CompletableFuture<Void>> dependents = gone.stream()
                    .filter(other -> other.service().dependsOn().stream()
                            .anyMatch(edge -> edge.service().equals(entry.watcher.name())))
                    .map(done::get);
            CompletableFuture<Void> free = all(dependents);
            act(() -> after(free.thenCompose(now -> entry.watcher.remove()), () -> over.complete(null)));
        }
    }

    private void change(Entry entry, Target target) {
        Target current = entry.current;
        entry.target = target;
        if (current == null || entry.leaves) {
            return; // it takes what it is to be as soon as it can
        }
        if (!current.sameUnit(target)) {
            entry.leaves = true;
            act(() -> entry.watcher.replace(() -> vacated(entry)));
        } else if (!current.equals(target)) {
            entry.current = target;
            Owner owner = entry.owner;
            WatcherConfig next = parts.config(
                    target,
                    Objects.requireNonNull(entry.unit),
                    owner == null ? null : owner.watcher().name());
            act(() -> entry.watcher.retune(next));
        }
    }

    private void removed(Entry entry) {
        locked(() -> {
            leaving = leaving.stream().filter(other -> other != entry).toList();
            givenUp(entry);
            settle();
        });
    }

    private void vacated(Entry entry) {
        locked(() -> {
            givenUp(entry);
            if (entries().get(entry.watcher.name()) == entry) { // else it was removed since
                entry.leaves = false;
                vacant.add(entry);
            }
            settle();
        });
    }

    private void taken(Entry entry, Target target, Unit unit, @Nullable Owner owner) {
        entry.current = target;
        entry.unit = unit;
        entry.owner = owner;
        Units.Key key = target.key();
        if (owner != null) {
            owner.users++;
            act(() -> entry.events = owner.units.follow(unit, entry.watcher));
        } else if (key != null) {
            holders.put(key, entry);
            hear(key, entry.watcher);
        }
    }

    /** What cannot be heard of a unit now could not be heard of its watcher before. */
    private void hear(Units.Key key, UnitWatcher watcher) {
        act(() -> {
            if (deaf.contains(key.type())) {
                watcher.onLost();
            }
        });
    }

    private void givenUp(Entry entry) {
        Target had = entry.current;
        if (had == null) {
            return;
        }
        Owner owner = entry.owner;
        Units.Key key = had.key();
        if (owner != null) {
            owner.users--;
            act(() -> Objects.requireNonNull(entry.events).close());
        } else if (key != null) {
            holders.remove(key, entry);
        }
        entry.current = null;
        entry.unit = null;
        entry.owner = null;
    }

    /** Has those who wait for a unit take it that nobody else has any more. Under the lock. */
    private void settle() {
        if (vacant.isEmpty() && owners.isEmpty()) {
            return;
        }
        Map<Units.Key, List<ServiceConfig>> sharing =
                sharing(entries().values().stream().map(entry -> entry.target).toList());
        List<UnitWatcher> unread = new ArrayList<>();
        for (Entry entry : List.copyOf(vacant)) {
            Target target = entry.target;
            if (isFree(target) && !closed) {
                vacant.remove(entry);
                Owner owner = owner(target, sharing, unread);
                Unit unit = unit(target, owner);
                WatcherConfig next = parts.config(
                        target, unit, owner == null ? null : owner.watcher().name());
                Executor calls = calls(target);
                act(() -> entry.watcher.occupy(next, calls));
                taken(entry, target, unit, owner);
            }
        }
        unread.forEach(watcher -> act(watcher::boot));
        owners.values().forEach(owner -> look(owner, sharing));
    }

    /** Whether nobody has the unit that would have to give it up. */
    private boolean isFree(Target target) {
        Units.Key key = target.key();
        Holder holder = key == null ? null : holders.get(key);
        return holder == null || (target.shared() && holder instanceof Owner owner && takesIn(owner, target));
    }

    /** Whether a shared unit is what the service is to use: as it describes it, or as others do that stay. */
    private boolean takesIn(Owner owner, Target target) {
        Units.Opened opened = target.opened();
        boolean same = opened != null && opened.described().equals(owner.opened.described());
        boolean stays = entries().values().stream().anyMatch(entry -> entry.owner == owner && !entry.leaves);
        return !owner.leaves && (same || stays);
    }

    private @Nullable Owner owner(
            Target target, Map<Units.Key, List<ServiceConfig>> sharing, List<UnitWatcher> unread) {
        Units.Opened opened = target.opened();
        if (opened == null || !target.shared()) {
            return null;
        }
        Units.Key key = opened.key();
        Owner known = owners.get(key.name());
        if (known != null) {
            return known;
        }
        List<ServiceConfig> users = Objects.requireNonNull(sharing.get(key), key.name());
        SharedUnits units = new SharedUnits(
                key.name(), users, opened.unit(), parts.surroundings(parts.calls(key.type())), watchers);
        Owner made = new Owner(opened, units);
        owners.put(key.name(), made);
        holders.put(key, made);
        unread.add(made.watcher());
        hear(key, made.watcher());
        return made;
    }

    private static Unit unit(Target target, @Nullable Owner owner) {
        Units.Opened opened = target.opened();
        if (opened == null) {
            return new GroupUnit(target.service().name());
        }
        return owner == null
                ? opened.unit()
                : owner.units.seenBy(target.service().name());
    }

    private Executor calls(Target target) {
        Units.Key key = target.key();
        return key == null ? parts.completions() : parts.calls(key.type());
    }

    /** A shared unit learns who uses it; one that nobody shares any more is given up. */
    private void look(Owner owner, Map<Units.Key, List<ServiceConfig>> sharing) {
        Units.Key key = owner.key;
        List<ServiceConfig> users = sharing.get(key);
        if (owner.leaves) {
            return;
        }
        boolean same = entries().values().stream()
                .map(Entry::opened)
                .anyMatch(opened -> opened != null && opened.described().equals(owner.opened.described()));
        if (users != null && (same || owner.users > 0)) {
            act(() -> owner.units.users(users));
        } else if (owner.users == 0) {
            owner.leaves = true;
            boolean wanted = entries().values().stream().anyMatch(entry -> key.equals(entry.target.key()));
            if (wanted) {
                act(() -> owner.watcher().replace(() -> gone(owner)));
            } else {
                act(() -> after(owner.watcher().remove(), () -> gone(owner)));
            }
        }
    }

    private void gone(Owner owner) {
        locked(() -> {
            holders.remove(owner.key, owner);
            owners.remove(owner.key.name(), owner);
            settle();
        });
    }

    /** Closes all at once to callers; a unit is put to sleep after those of the services that depend on it. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        locked(() -> {
            closed = true;
            DependencyGraph graph = graph();
            List<String> order = graph.order();
            List<Entry> left = leaving;
            act(() -> after(close(order, graph, left), () -> done.complete(null)));
        });
        return done;
    }

    private CompletableFuture<Void> close(List<String> order, DependencyGraph graph, List<Entry> left) {
        Map<String, CompletableFuture<Void>> done = new LinkedHashMap<>();
        for (int i = order.size() - 1; i >= 0; i--) {
            String name = order.get(i);
            UnitWatcher watcher = watcher(name);
            List<String> dependents = graph.dependents(name);
            CompletionStage<Void> closing = watcher.close(!dependents.isEmpty());
            CompletionStage<Void> whenFree = dependents.isEmpty()
                    ? closing
                    : all(dependents.stream().map(done::get)).thenCompose(free -> watcher.close(false));
            done.put(name, whenFree.toCompletableFuture());
        }
        Stream<CompletableFuture<Void>> removed =
                left.stream().map(entry -> entry.watcher.close(false).toCompletableFuture());
        return all(Stream.concat(done.values().stream(), removed));
    }

    /** Who needs whom, shared units included. */
    private DependencyGraph graph() {
        Map<String, List<String>> edges = new LinkedHashMap<>();
        owners.keySet().forEach(name -> edges.put(name, List.of()));
        entries().forEach((name, entry) -> {
            List<String> needed = new ArrayList<>();
            entry.service().dependsOn().forEach(edge -> needed.add(edge.service()));
            if (entry.owner != null) {
                needed.add(entry.owner.watcher().name());
            }
            edges.put(name, needed);
        });
        try {
            return DependencyGraph.of(edges);
        } catch (DependencyGraph.CycleException e) {
            throw new IllegalStateException("the configuration should have refused this", e);
        }
    }

    private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
