// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Subscription;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Unit;
import io.lazystart.wake.UnitWatcher;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A service: its watcher, what it is to be, and which unit it has. Changed by the registry under its lock; the rest is said
 * where it is.
 */
final class Entry implements Holders.Holder {
    private final UnitWatcher watcher;
    private final HttpGate gate;

    /** What it is to be. Written under the lock, read anywhere. */
    private volatile Target target;

    /** What it is, and the unit it watches; null while it is vacant. Guarded by the lock, with the field below. */
    private Places.@Nullable Place place;

    /** Whether its unit is being put to sleep for another, or for good. */
    private boolean leaves;

    /** Ends the events of a unit that others use too. Touched off the lock, by the registry's actions only. */
    private @Nullable Subscription events;

    /** A service that has no unit yet. */
    Entry(Target target, UnitWatcher watcher, Parts parts) {
        this.target = target;
        this.watcher = watcher;
        this.gate = parts.gate(this);
    }

    @Override
    public UnitWatcher watcher() {
        return watcher;
    }

    String name() {
        return watcher.name();
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

    /** It is to be something else. */
    void target(Target next) {
        target = next;
    }

    /** Which unit it has; null while it is vacant. */
    Places.@Nullable Place place() {
        return place;
    }

    /** What it is; null while it is vacant. */
    @Nullable
    Target current() {
        return place == null ? null : place.target();
    }

    /** Who has the unit, if others use it too. */
    Owners.@Nullable Owner owner() {
        return place == null ? null : place.owner();
    }

    boolean isLeaving() {
        return leaves;
    }

    /** Begins, or ends, giving its unit up. */
    void leaving(boolean now) {
        leaves = now;
    }

    /** Whether it has a unit, and is to have another. */
    boolean isToBeExchanged(Target next) {
        return !leaves && place != null && !place.target().sameUnit(next);
    }

    /** It has a unit from now on. */
    void take(Places.Place taken) {
        place = taken;
    }

    /** It has no unit any more. */
    void giveUp() {
        place = null;
    }

    /**
     * It is what it is to be, in the place that it has.
     *
     * @return the place, if that is a change; null where it is so already, or cannot be yet
     */
    Places.@Nullable Place retune() {
        if (place == null || leaves || place.target().equals(target)) {
            return null;
        }
        place = new Places.Place(target, place.unit(), place.owner());
        return place;
    }

    /** Hears the events of a unit that others use too. Off the lock. */
    void follow(Owners.Owner by, Unit seen) {
        events = by.follow(seen, watcher);
    }

    /** Hears of it no more. Off the lock. */
    void unfollow() {
        Objects.requireNonNull(events, "not followed").close();
    }
}
