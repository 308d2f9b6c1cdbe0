// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Subscription;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.wake.SharedUnits;
import io.lazystart.wake.UnitWatcher;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The units that several services use, each with a watcher of its own of which the services' watchers hold leases. Changed
 * by the registry under its lock, looked up anywhere.
 */
final class Owners {

    /** A unit that several services use. */
    static final class Owner implements Holders.Holder {
        private final Units.Key key;
        private final SharedUnits units;

        /** As the first of the services described it. */
        private final Units.Opened opened;

        /** How many services use it now. */
        private int users;

        /** Whether it is being given up. */
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

        @Override
        public void onUnitEvent(UnitEvent event) {
            units.onUnitEvent(event);
        }

        Units.Key key() {
            return key;
        }

        /** What a service sees of the unit. */
        Unit seenBy(String service, Unit own) {
            return units.seenBy(service, own);
        }

        /** A service begins to use the unit. */
        void join() {
            users++;
        }

        /** Has the watcher of a service that uses the unit hear of it. */
        Subscription follow(Unit seen, UnitWatcher watcher) {
            return units.follow(seen, watcher);
        }

        /** A service uses the unit no more. */
        void quit() {
            users--;
        }

        /** Whether it is left as it is at the end. */
        boolean isLeft() {
            return units.isLeft();
        }

        /** Whether it is what a service is to use: as that describes it, or as others do that stay. */
        boolean takesIn(Target target, Collection<Entry> entries) {
            boolean stays = entries.stream().anyMatch(entry -> entry.owner() == this && !entry.isLeaving());
            return !leaves && (isDescribedBy(target) || stays);
        }

        private boolean isDescribedBy(Target target) {
            Units.Opened other = target.opened();
            return other != null && other.described().equals(opened.described());
        }
    }

    private final Parts parts;
    private final Function<String, @Nullable UnitWatcher> watchers;
    private final Consumer<Runnable> actions;

    /** By the names of their watchers. */
    private final Map<String, Owner> owners = new ConcurrentHashMap<>();

    /** Has none yet; {@code actions} are done off the registry's lock. */
    Owners(Parts parts, Function<String, @Nullable UnitWatcher> watchers, Consumer<Runnable> actions) {
        this.parts = parts;
        this.watchers = watchers;
        this.actions = actions;
    }

    /** Those there are now. */
    Collection<Owner> all() {
        return owners.values();
    }

    /** Finds one by the name of its watcher; null if there is none. */
    @Nullable
    Owner named(String name) {
        return owners.get(name);
    }

    /** Makes the owner of a unit that has none and is free. */
    Owner make(Units.Opened opened, List<ServiceConfig> users) {
        Units.Key key = opened.key();
        SharedUnits units = new SharedUnits(
                key.name(), users, opened.unit(), parts.surroundings(parts.calls(key.connection())), watchers);
        Owner made = new Owner(opened, units);
        owners.put(key.name(), made);
        return made;
    }

    /**
     * Each learns who is to use it; one that nobody is to share any more is given up as soon as nobody uses it, and
     * {@code onGone} is called once it is.
     */
    void look(Collection<Entry> entries, Map<Units.Key, List<ServiceConfig>> sharing, Consumer<Owner> onGone) {
        owners.values().forEach(owner -> look(owner, entries, sharing.get(owner.key), onGone));
    }

    private void look(
            Owner owner, Collection<Entry> entries, @Nullable List<ServiceConfig> users, Consumer<Owner> onGone) {
        if (owner.leaves) {
            return;
        }
        if (users != null && (owner.users > 0 || any(entries, owner::isDescribedBy))) {
            actions.accept(() -> owner.units.users(users));
        } else if (owner.users == 0 && (isWanted(owner, entries) || owner.isLeft())) {
            // Those who used it have another unit by now, or are to have it alone: it is left for nobody.
            owner.leaves = true;
            actions.accept(owner.units::retire);
            actions.accept(() -> owner.watcher().replace(Duration.ZERO, () -> onGone.accept(owner)));
        } else if (owner.users == 0) {
            remove(owner, Duration.ZERO, onGone);
        }
    }

    /**
     * Units whose services are all gone and that are left on close are told so before those let go: the last of them would put
     * them to sleep. They have at least so long to let go as {@code drains} says.
     */
    void leave(Collection<Entry> entries, Function<Owner, Duration> drains, Consumer<Owner> onGone) {
        for (Owner owner : owners.values()) {
            boolean stays = entries.stream().anyMatch(entry -> entry.owner() == owner);
            if (!owner.leaves && !stays && owner.isLeft() && !isWanted(owner, entries)) {
                remove(owner, drains.apply(owner), onGone);
            }
        }
    }

    private void remove(Owner owner, Duration drain, Consumer<Owner> onGone) {
        owner.leaves = true;
        actions.accept(owner.units::retire);
        actions.accept(() -> Registry.after(owner.watcher().remove(drain), () -> onGone.accept(owner)));
    }

    private static boolean isWanted(Owner owner, Collection<Entry> entries) {
        return any(entries, target -> owner.key.equals(target.key()));
    }

    private static boolean any(Collection<Entry> entries, Predicate<Target> condition) {
        return entries.stream().map(Entry::target).anyMatch(condition);
    }

    /** One has been given up. */
    void gone(Owner owner) {
        owners.remove(owner.key.name(), owner);
    }
}
