// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.provider.UnitEvent;
import io.lazystart.wake.UnitWatcher;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who has which unit, and so hears its events. Changed by the registry under its lock, read anywhere. */
final class Holders {

    /** A service, or those who share a unit. */
    interface Holder {
        /** What hears the events of the unit. */
        UnitWatcher watcher();

        /** Takes in such an event. */
        default void onUnitEvent(UnitEvent event) {
            watcher().onUnitEvent(event);
        }
    }

    private final Map<Units.Key, Holder> holders = new ConcurrentHashMap<>();

    /** Connections whose events are being missed. */
    private final Set<String> deaf = ConcurrentHashMap.newKeySet();

    /** Finds who has a unit; null if it is free. */
    @Nullable
    Holder of(Units.Key unit) {
        return holders.get(unit);
    }

    /** Has a holder hear of a unit that is free; to be told by {@link #hear} what it cannot hear. */
    void take(Units.Key unit, Holder holder) {
        holders.put(unit, holder);
    }

    /** A holder gives a unit up, if it has it. */
    void giveUp(Units.Key unit, Holder holder) {
        holders.remove(unit, holder);
    }

    /** What cannot be heard of a unit now could not be heard of its watcher before. */
    void hear(Units.Key unit, UnitWatcher watcher) {
        if (deaf.contains(unit.connection())) {
            watcher.onLost();
            if (!deaf.contains(unit.connection())) {
                watcher.onResync(); // heard again in between, when the watcher may not have been told
            }
        }
    }

    /** Events of a provider are being missed. */
    void lost(String connection) {
        deaf.add(connection);
        each(connection, UnitWatcher::onLost);
    }

    /** They are heard again, after a gap. */
    void resync(String connection) {
        deaf.remove(connection);
        each(connection, UnitWatcher::onResync);
    }

    /** Calls each watcher of a unit of the connection. */
    void each(String connection, Consumer<UnitWatcher> call) {
        holders.forEach((key, holder) -> {
            if (key.connection().equals(connection)) {
                call.accept(holder.watcher());
            }
        });
    }
}
