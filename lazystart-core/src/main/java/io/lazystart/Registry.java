// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Subscription;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Unit;
import io.lazystart.wake.ActionQueue;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WatcherConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
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

        /** A service was removed, and all is over. */
        void forget(String service);

        /** The HTTP rules of a service. */
        HttpGate gate(Entry entry);
    }

    /** A service. */
    static final class Entry implements Holders.Holder {
        /** What it is to be. Written under the lock, read anywhere. */
        private volatile Target target;

        private final UnitWatcher watcher;
        private final HttpGate gate;

        /** What it is; null while it is vacant. Guarded by the lock, with the fields below. */
        private @Nullable Target current;

        /** The unit it watches. */
        private @Nullable Unit unit;

        /** Who has the unit, if others use it too. */
        private Owners.@Nullable Owner owner;

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

        /** What it is to be. */
        Target target() {
            return target;
        }

        /** What it is; null while it is vacant. Under the lock, as the methods below. */
        @Nullable
        Target current() {
            return current;
        }

        boolean isLeaving() {
            return leaves;
        }

        /** Whether its unit is to be put to sleep for another. */
        private boolean isToBeExchanged(Map<String, Target> targets) {
            Target next = targets.get(watcher.name());
            return !leaves && current != null && next != null && !current.sameUnit(next);
        }

        /** Who has the unit, if others use it too. */
        Owners.@Nullable Owner owner() {
            return owner;
        }
    }

    private final Parts parts;

    /** Finds the watcher of a dependency; one for all watchers. */
    private final Function<String, @Nullable UnitWatcher> watchers = this::watcher;

    /** Taken by reloads, and when a unit has been put to sleep; never by a watcher's decisions. */
    private final ReentrantLock lock = new ReentrantLock();

    /** What is to be done to watchers: off the lock, since listeners of the host hear of it. */
    private final ActionQueue actions = new ActionQueue();

    /** Replaced under the lock, read anywhere. */
    private volatile Served served;

    /** Changed under the lock, read anywhere, as the field below. */
    private final Holders holders = new Holders();

    private final Owners owners;

    /** Services that were removed and are not closed yet, those that went first first. Changed under the lock, read anywhere. */
    private final Queue<Entry> leaving = new ConcurrentLinkedQueue<>();

    /** Those that wait for their unit. Guarded by the lock, with the field below. */
    private final Set<Entry> vacant = new LinkedHashSet<>();

    private boolean closed;

    /**
     * What is served.
     *
     * @param config by which configuration
     * @param entries the services by name
     * @param sharing the units that several of them are to use, and which
     */
    private record Served(
            LazyStartConfig config, Map<String, Entry> entries, Map<Units.Key, List<ServiceConfig>> sharing) {}

    /** Serves nothing yet, by a configuration whose services are to be given. */
    Registry(Parts parts, LazyStartConfig config) {
        this.parts = parts;
        this.owners = new Owners(parts, watchers, this::act);
        this.served = new Served(config, Map.of(), Map.of());
    }

    /** The configuration by which the services are what they are. */
    LazyStartConfig config() {
        return served.config();
    }

    /** All services by name; does not change. */
    Map<String, Entry> entries() {
        return served.entries();
    }

    /** Finds the watcher of a service, of a shared unit, or of one that leaves; null if it has gone. */
    private @Nullable UnitWatcher watcher(String name) {
        Entry entry = entries().get(name);
        if (entry != null) {
            return entry.watcher;
        }
        Owners.Owner owner = owners.named(name);
        if (owner != null) {
            return owner.watcher();
        }
        return leaving.stream()
                .map(Entry::watcher)
                .filter(watcher -> watcher.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** Who has which unit. */
    Holders holders() {
        return holders;
    }

    /** Calls each watcher. */
    void each(Consumer<UnitWatcher> call) {
        owners.all().forEach(owner -> call.accept(owner.watcher()));
        Stream.concat(entries().values().stream(), leaving.stream()).forEach(entry -> call.accept(entry.watcher));
    }

    /** Tells whether this thread decides. */
    boolean isLocked() {
        return lock.isHeldByCurrentThread();
    }

    /** Decides under the lock, and does off it what was decided. */
    private void locked(Runnable decision) {
        actions.decide(lock, decision);
    }

    /** Does something when a stage has ended. */
    @SuppressWarnings("FutureReturnValueIgnored") // what the task throws is logged here
    static void after(CompletionStage<?> stage, Runnable task) {
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
            List<Entry> kept = new ArrayList<>();
            List<Entry> gone = new ArrayList<>();
            before.forEach((name, entry) -> (targets.containsKey(name) ? kept : gone).add(entry));
            List<Entry> exchanged = kept.stream()
                    .filter(entry -> entry.isToBeExchanged(targets))
                    .toList();
            Departures departures = new Departures(Stream.of(
                            leaving.stream(), kept.stream().filter(Entry::isLeaving), exchanged.stream(), gone.stream())
                    .flatMap(Function.identity())
                    .toList());
            // Nothing has changed until here, nothing that changes from here on is refused.
            exchanged.forEach(entry -> entry.leaves = true);
            gone.forEach(entry -> entry.leaves = true);
            Map<String, Entry> after = new LinkedHashMap<>();
            List<UnitWatcher> unread = new ArrayList<>();
            Map<Units.Key, List<ServiceConfig>> sharing = Owners.sharing(targets.values());
            targets.forEach((name, target) -> {
                Entry known = before.get(name);
                after.put(name, known == null ? added(target, sharing, unread) : known);
            });
            kept.forEach(entry -> entry.target = Objects.requireNonNull(targets.get(entry.watcher.name())));
            leaving.addAll(gone);
            served = new Served(config, after, sharing);
            // From here on those who are new can be found, and so depended on.
            owners.leave(
                    after.values(),
                    owner -> gone.stream()
                            .filter(entry -> entry.owner == owner)
                            .map(departures::over)
                            .max(Comparator.naturalOrder())
                            .orElse(Duration.ZERO),
                    this::gone);
            exchanged.forEach(entry -> exchange(entry, departures.drain(entry)));
            kept.forEach(this::retune);
            gone.forEach(entry -> remove(entry, departures.drain(entry)));
            unread.forEach(watcher -> act(watcher::boot));
            settle();
        });
    }

    /** A service that is new; perhaps another has to give up its unit first. */
    private Entry added(Target target, Map<Units.Key, List<ServiceConfig>> sharing, List<UnitWatcher> unread) {
        boolean free = isFree(target);
        Owners.Owner owner = free ? owner(target, sharing, unread) : null;
        Unit unit = free ? unit(target, owner) : new GroupUnit(target.service().name());
        UnitWatcher watcher = new UnitWatcher(config(target, unit, owner), parts.surroundings(calls(target)), watchers);
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

    private WatcherConfig config(Target target, Unit unit, Owners.@Nullable Owner owner) {
        return parts.config(target, unit, owner == null ? null : owner.watcher().name());
    }

    /** Removes a service, with at least so much time for the leases to end that those hold who leave too. */
    private void remove(Entry entry, Duration drain) {
        vacant.remove(entry);
        act(() -> after(entry.watcher.remove(drain), () -> removed(entry)));
    }

    /** Puts the unit of a service to sleep for another, likewise. */
    private void exchange(Entry entry, Duration drain) {
        act(() -> entry.watcher.replace(drain, () -> vacated(entry)));
    }

    /** A service that keeps its unit goes on by what it is to be. */
    private void retune(Entry entry) {
        Target current = entry.current;
        Target target = entry.target;
        if (current != null && !entry.leaves && !current.equals(target)) {
            entry.current = target;
            WatcherConfig next = config(target, Objects.requireNonNull(entry.unit), entry.owner);
            act(() -> entry.watcher.retune(next));
        }
    }

    private void removed(Entry entry) {
        locked(() -> {
            leaving.remove(entry);
            givenUp(entry);
            String name = entry.watcher.name();
            if (!entries().containsKey(name)) { // else it is there again
                act(() -> parts.forget(name));
            }
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

    private void taken(Entry entry, Target target, Unit unit, Owners.@Nullable Owner owner) {
        entry.current = target;
        entry.unit = unit;
        entry.owner = owner;
        Units.Key key = target.key();
        if (owner != null) {
            owner.join();
            act(() -> entry.events = owner.follow(unit, entry.watcher));
        } else if (key != null) {
            holders.take(key, entry);
            act(() -> holders.hear(key, entry.watcher));
        }
    }

    private void givenUp(Entry entry) {
        Target had = entry.current;
        if (had == null) {
            return;
        }
        Owners.Owner owner = entry.owner;
        Units.Key key = had.key();
        if (owner != null) {
            owner.quit();
            act(() -> Objects.requireNonNull(entry.events).close());
        } else if (key != null) {
            holders.giveUp(key, entry);
        }
        entry.current = null;
        entry.unit = null;
        entry.owner = null;
    }

    /** Has those who wait for a unit take it that nobody else has any more. Under the lock. */
    private void settle() {
        Served now = served;
        List<UnitWatcher> unread = new ArrayList<>();
        for (Entry entry : List.copyOf(vacant)) {
            Target target = entry.target;
            if (isFree(target) && !closed) {
                vacant.remove(entry);
                Owners.Owner owner = owner(target, now.sharing(), unread);
                Unit unit = unit(target, owner);
                WatcherConfig next = config(target, unit, owner);
                Executor calls = calls(target);
                act(() -> entry.watcher.occupy(next, calls));
                taken(entry, target, unit, owner);
            }
        }
        unread.forEach(watcher -> act(watcher::boot));
        owners.look(now.entries().values(), now.sharing(), this::gone);
    }

    /** Whether nobody has the unit that would have to give it up. */
    private boolean isFree(Target target) {
        Units.Key key = target.key();
        Holders.Holder holder = key == null ? null : holders.of(key);
        return holder == null
                || (target.shared()
                        && holder instanceof Owners.Owner owner
                        && owner.takesIn(target, entries().values()));
    }

    /** Who has the unit of a service, if others use it too; made if there is nobody yet. */
    private Owners.@Nullable Owner owner(
            Target target, Map<Units.Key, List<ServiceConfig>> sharing, List<UnitWatcher> unread) {
        Units.Opened opened = target.opened();
        if (opened == null || !target.shared()) {
            return null;
        }
        Units.Key key = opened.key();
        Owners.Owner known = owners.named(key.name());
        if (known != null) {
            return known;
        }
        Owners.Owner made = owners.make(opened, Objects.requireNonNull(sharing.get(key), key.name()));
        holders.take(key, made);
        act(() -> holders.hear(key, made.watcher()));
        unread.add(made.watcher());
        return made;
    }

    private static Unit unit(Target target, Owners.@Nullable Owner owner) {
        String name = target.service().name();
        Units.Opened opened = target.opened();
        if (opened == null) {
            return new GroupUnit(name);
        }
        return owner == null ? opened.unit() : owner.seenBy(name);
    }

    private Executor calls(Target target) {
        Units.Key key = target.key();
        return key == null ? parts.completions() : parts.calls(key.type());
    }

    private void gone(Owners.Owner owner) {
        locked(() -> {
            holders.giveUp(owner.key(), owner);
            owners.gone(owner);
            settle();
        });
    }

    /** Closes all at once to callers; a unit is put to sleep after those of the services that depend on it. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        locked(() -> {
            closed = true;
            Departures departures = new Departures(
                    Stream.concat(entries().values().stream(), leaving.stream()).toList());
            Map<UnitWatcher, List<UnitWatcher>> dependents = new LinkedHashMap<>();
            Map<Owners.Owner, List<UnitWatcher>> users = new LinkedHashMap<>();
            owners.all().forEach(owner -> users.put(owner, new ArrayList<>()));
            // What is left is so before the services that use it let go: the last of those would put it to sleep.
            owners.all().stream()
                    .filter(Owners.Owner::isLeft)
                    .forEach(owner -> dependents.put(owner.watcher(), List.of()));
            departures.dependents().forEach((entry, before) -> {
                dependents.put(
                        entry.watcher, before.stream().map(Entry::watcher).toList());
                List<UnitWatcher> using = entry.owner == null ? null : users.get(entry.owner);
                if (using != null) { // an owner that is left may have gone before those who drain
                    using.add(entry.watcher);
                }
            });
            users.forEach((owner, using) -> dependents.putIfAbsent(owner.watcher(), using));
            act(() -> after(close(dependents), () -> done.complete(null)));
        });
        return done;
    }

    /** Closes each after those that come before it and hold leases on it. */
    private static CompletableFuture<Void> close(Map<UnitWatcher, List<UnitWatcher>> dependents) {
        Map<UnitWatcher, CompletableFuture<Void>> done = new HashMap<>();
        dependents.forEach((watcher, before) -> {
            CompletionStage<Void> closing = watcher.close(!before.isEmpty());
            CompletionStage<Void> whenFree = before.isEmpty()
                    ? closing
                    : all(before.stream().map(done::get)).thenCompose(free -> watcher.close(false));
            done.put(watcher, whenFree.toCompletableFuture());
        });
        return all(done.values().stream());
    }

    private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
