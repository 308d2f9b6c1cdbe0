// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.wake.ActionQueue;
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
import java.util.stream.Collectors;
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

    private final Parts parts;

    /** Finds the watcher of a dependency; one for all watchers. */
    private final Function<String, @Nullable UnitWatcher> watchers = this::watcher;

    /** Taken by reloads, and when a unit has been put to sleep; never by a watcher's decisions. */
    private final ReentrantLock lock = new ReentrantLock();

    /** What is to be done to watchers: off the lock, since listeners of the host hear of it. */
    private final ActionQueue actions = new ActionQueue();

    /** Replaced under the lock, read anywhere. */
    private volatile Served served;

    private final Places places;

    /** Services that were removed and are not closed yet, those that went first first. Changed under the lock, read anywhere. */
    private final Queue<Entry> leaving = new ConcurrentLinkedQueue<>();

    /** Those that wait for their unit. Guarded by the lock, with the fields below. */
    private final Set<Entry> vacant = new LinkedHashSet<>();

    private boolean closed;

    /** The units that the services are to have; null until somebody asks. */
    private @Nullable Set<Units.Key> wanted;

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
        this.places = new Places(parts, watchers, this::act);
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
            return entry.watcher();
        }
        Owners.Owner owner = places.owners().named(name);
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
        return places.holders();
    }

    /** Calls each watcher. */
    void each(Consumer<UnitWatcher> call) {
        places.owners().all().forEach(owner -> call.accept(owner.watcher()));
        Stream.concat(entries().values().stream(), leaving.stream()).forEach(entry -> call.accept(entry.watcher()));
    }

    /** Whether a service, or several, have a unit or are to have it. */
    boolean isUsed(Units.Key unit) {
        lock.lock();
        try {
            return holders().of(unit) != null || wanted().contains(unit);
        } finally {
            lock.unlock();
        }
    }

    private Set<Units.Key> wanted() {
        Set<Units.Key> known = wanted;
        if (known == null) {
            known = entries().values().stream()
                    .map(entry -> entry.target().key())
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
            wanted = known;
        }
        return known;
    }

    /** Tells of a unit that was given up, if nobody uses it any more. Under the lock. */
    private void released(Units.Key unit) {
        if (!isUsed(unit)) {
            act(() -> parts.released(unit));
        }
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
    Reload reload(Targets next) {
        Map<String, Target> targets = next.services();
        Map<String, Entry> now = entries();
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> removed = new ArrayList<>(now.keySet());
        removed.removeAll(targets.keySet());
        targets.forEach((name, target) -> {
            Entry known = now.get(name);
            if (known == null) {
                added.add(name);
            } else if (!known.target().equals(target)) {
                changed.add(name);
            }
        });
        return new Reload(added, changed, removed);
    }

    /**
     * Has the services be what they are to be: at once where it is a matter of policy, and where the unit changes once the
     * old one sleeps.
     */
    void apply(Targets next) {
        locked(() -> {
            Map<String, Target> targets = next.services();
            Map<String, Entry> before = entries();
            List<Entry> kept = new ArrayList<>();
            List<Entry> gone = new ArrayList<>();
            before.forEach((name, entry) -> (targets.containsKey(name) ? kept : gone).add(entry));
            List<Entry> exchanged = kept.stream()
                    .filter(entry -> entry.isToBeExchanged(Objects.requireNonNull(targets.get(entry.name()))))
                    .toList();
            Departures departures = new Departures(Stream.of(
                            leaving.stream(), kept.stream().filter(Entry::isLeaving), exchanged.stream(), gone.stream())
                    .flatMap(Function.identity())
                    .toList());
            List<Units.Key> unwanted = before.values().stream()
                    .map(entry -> unwanted(entry.target(), targets.get(entry.name())))
                    .filter(Objects::nonNull)
                    .toList();
            // Nothing has changed until here, nothing that changes from here on is refused.
            exchanged.forEach(entry -> entry.leaving(true));
            gone.forEach(entry -> entry.leaving(true));
            Map<String, Entry> after = new LinkedHashMap<>();
            List<UnitWatcher> unread = new ArrayList<>();
            targets.forEach((name, target) -> {
                Entry known = before.get(name);
                after.put(name, known == null ? added(target, next.sharing(), unread) : known);
            });
            kept.forEach(entry -> entry.target(Objects.requireNonNull(targets.get(entry.name()))));
            leaving.addAll(gone);
            served = new Served(next.config(), after, next.sharing());
            wanted = null;
            // From here on those who are new can be found, and so depended on.
            places.owners()
                    .leave(
                            after.values(),
                            owner -> gone.stream()
                                    .filter(entry -> entry.owner() == owner)
                                    .map(departures::over)
                                    .max(Comparator.naturalOrder())
                                    .orElse(Duration.ZERO),
                            this::gone);
            exchanged.forEach(entry -> exchange(entry, departures.drain(entry)));
            kept.forEach(this::retune);
            gone.forEach(entry -> remove(entry, departures.drain(entry)));
            unread.forEach(watcher -> act(watcher::boot));
            settle();
            unwanted.forEach(this::released);
        });
    }

    /** The unit that a service was to have, if it is not to have it any more. */
    private static Units.@Nullable Key unwanted(Target before, @Nullable Target after) {
        return after == null || !Objects.equals(before.key(), after.key()) ? before.key() : null;
    }

    /** A service that is new; perhaps another has to give up its unit first. */
    private Entry added(Target target, Map<Units.Key, List<ServiceConfig>> sharing, List<UnitWatcher> unread) {
        boolean free = places.isFree(target, entries().values());
        Places.Place place = free ? places.place(target, sharing, unread) : Places.nowhere(target);
        Surroundings surroundings = parts.surroundings(places.calls(target));
        UnitWatcher watcher = new UnitWatcher(places.config(place), surroundings, watchers);
        Entry entry = new Entry(target, watcher, parts);
        if (free) {
            places.take(entry, place);
            unread.add(watcher);
        } else {
            entry.leaving(true);
            act(() -> watcher.awaitUnit(() -> vacated(entry)));
        }
        return entry;
    }

    /** Removes a service, with at least so much time for the leases to end that those hold who leave too. */
    private void remove(Entry entry, Duration drain) {
        vacant.remove(entry);
        act(() -> after(entry.watcher().remove(drain), () -> removed(entry)));
    }

    /** Puts the unit of a service to sleep for another, likewise. */
    private void exchange(Entry entry, Duration drain) {
        act(() -> entry.watcher().replace(drain, () -> vacated(entry)));
    }

    /** A service that keeps its unit goes on by what it is to be. */
    private void retune(Entry entry) {
        Places.Place place = entry.retune();
        if (place != null) {
            WatcherConfig next = places.config(place);
            act(() -> entry.watcher().retune(next));
        }
    }

    private void giveUp(Entry entry) {
        Target had = entry.current();
        boolean alone = entry.owner() == null;
        places.giveUp(entry);
        if (had != null && had.key() != null && alone) {
            released(had.key());
        }
    }

    private void removed(Entry entry) {
        locked(() -> {
            leaving.remove(entry);
            giveUp(entry);
            String name = entry.name();
            if (!entries().containsKey(name)) { // else it is there again
                act(() -> parts.forget(name));
            }
            settle();
        });
    }

    private void vacated(Entry entry) {
        locked(() -> {
            giveUp(entry);
            if (entries().get(entry.name()) == entry) { // else it was removed since
                entry.leaving(false);
                vacant.add(entry);
            }
            settle();
        });
    }

    /** Has those who wait for a unit take it that nobody else has any more. Under the lock. */
    private void settle() {
        Served now = served;
        List<UnitWatcher> unread = new ArrayList<>();
        for (Entry entry : List.copyOf(vacant)) {
            Target target = entry.target();
            if (places.isFree(target, now.entries().values()) && !closed) {
                vacant.remove(entry);
                Places.Place place = places.place(target, now.sharing(), unread);
                WatcherConfig next = places.config(place);
                Executor calls = places.calls(target);
                act(() -> entry.watcher().occupy(next, calls));
                places.take(entry, place);
            }
        }
        unread.forEach(watcher -> act(watcher::boot));
        places.owners().look(now.entries().values(), now.sharing(), this::gone);
    }

    private void gone(Owners.Owner owner) {
        locked(() -> {
            places.giveUp(owner);
            released(owner.key());
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
            places.owners().all().forEach(owner -> users.put(owner, new ArrayList<>()));
            // What is left is so before the services that use it let go: the last of those would put it to sleep.
            places.owners().all().stream()
                    .filter(Owners.Owner::isLeft)
                    .forEach(owner -> dependents.put(owner.watcher(), List.of()));
            departures.dependents().forEach((entry, before) -> {
                dependents.put(
                        entry.watcher(), before.stream().map(Entry::watcher).toList());
                List<UnitWatcher> using = entry.owner() == null ? null : users.get(entry.owner());
                if (using != null) { // an owner that is left may have gone before those who drain
                    using.add(entry.watcher());
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
