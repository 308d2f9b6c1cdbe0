// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ServiceConfig;
import io.lazystart.provider.Unit;
import io.lazystart.wake.GroupUnit;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WatcherConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives each unit to one holder at a time, and takes it back. What that means for watchers is left to the actions, which are
 * done off the registry's lock; all else is under it.
 */
final class Places {
    private final Parts parts;
    private final Consumer<Runnable> actions;

    /** Changed under the lock, read anywhere, as the field below. */
    private final Holders holders = new Holders();

    private final Owners owners;

    /**
     * A unit as a service is to have it.
     *
     * @param target what the service is with it
     * @param unit what its watcher watches
     * @param owner who has the unit, if others use it too
     */
    record Place(Target target, Unit unit, Owners.@Nullable Owner owner) {}

    /** Nobody has a unit yet. */
    Places(Parts parts, Function<String, @Nullable UnitWatcher> watchers, Consumer<Runnable> actions) {
        this.parts = parts;
        this.actions = actions;
        this.owners = new Owners(parts, watchers, actions);
    }

    Holders holders() {
        return holders;
    }

    Owners owners() {
        return owners;
    }

    /** Whether nobody has the unit that would have to give it up. */
    boolean isFree(Target target, Collection<Entry> entries) {
        Units.Key key = target.key();
        Holders.Holder holder = key == null ? null : holders.of(key);
        return holder == null
                || (target.shared() && holder instanceof Owners.Owner owner && owner.takesIn(target, entries));
    }

    /**
     * Finds the place of a service whose unit is free.
     *
     * @param sharing the units that several services are to use, and which
     * @param unread the watcher of a unit that several use is added, if it had to be made
     */
    Place place(Target target, Map<Units.Key, List<ServiceConfig>> sharing, Collection<UnitWatcher> unread) {
        Units.Opened opened = target.opened();
        if (opened == null) {
            return nowhere(target);
        }
        Owners.Owner owner = target.shared() ? owner(opened, sharing, unread) : null;
        Unit seen =
                owner == null ? opened.unit() : owner.seenBy(target.service().name(), opened.unit());
        return new Place(target, seen, owner);
    }

    /** Has the form of a place without being one: for a service whose unit is not free. */
    static Place nowhere(Target target) {
        return new Place(target, new GroupUnit(target.service().name()), null);
    }

    private Owners.Owner owner(
            Units.Opened opened, Map<Units.Key, List<ServiceConfig>> sharing, Collection<UnitWatcher> unread) {
        Units.Key key = opened.key();
        Owners.Owner known = owners.named(key.name());
        if (known != null) {
            return known;
        }
        Owners.Owner made = owners.make(opened, Objects.requireNonNull(sharing.get(key), key.name()));
        hold(key, made);
        unread.add(made.watcher());
        return made;
    }

    private void hold(Units.Key key, Holders.Holder holder) {
        holders.take(key, holder);
        actions.accept(() -> holders.hear(key, holder.watcher()));
    }

    /** How a service watches in a place. */
    WatcherConfig config(Place place) {
        return parts.config(place.target(), place.unit());
    }

    /** Runs the calls of the unit's provider. */
    Executor calls(Target target) {
        Units.Key key = target.key();
        return key == null ? parts.tasks() : parts.calls(key.connection());
    }

    /** A service has a place from now on. */
    void take(Entry entry, Place place) {
        Owners.Owner owner = place.owner();
        Units.Key key = place.target().key();
        entry.take(place);
        if (owner != null) {
            owner.join();
            actions.accept(() -> entry.follow(owner, place.unit()));
        } else if (key != null) {
            hold(key, entry);
        }
    }

    /** A service has its place no more. */
    void giveUp(Entry entry) {
        Place had = entry.place();
        if (had == null) {
            return;
        }
        Units.Key key = had.target().key();
        if (had.owner() != null) {
            had.owner().quit();
            actions.accept(entry::unfollow);
        } else if (key != null) {
            holders.giveUp(key, entry);
        }
        entry.giveUp();
    }

    /** Nobody uses the unit any more that several used. */
    void giveUp(Owners.Owner owner) {
        holders.giveUp(owner.key(), owner);
        owners.gone(owner);
    }
}
