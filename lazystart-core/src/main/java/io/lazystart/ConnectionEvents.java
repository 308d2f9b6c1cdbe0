// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears the event stream of one connection, and tells the watchers of its units. */
final class ConnectionEvents implements UnitListener {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);

    private final String connection;
    private final Holders holders;
    private final Rounds rounds;

    ConnectionEvents(String connection, Holders holders, Rounds rounds) {
        this.connection = connection;
        this.holders = holders;
        this.rounds = rounds;
    }

    @Override
    public void onEvent(UnitEvent event) {
        Holders.Holder holder = holders.of(new Units.Key(connection, event.unit()));
        if (holder != null) {
            holder.onUnitEvent(event);
        }
    }

    @Override
    public void onResync() {
        rounds.heard(connection);
        holders.resync(connection);
    }

    @Override
    public void onLost() {
        log.warn("provider {}: its events cannot be heard for now", connection);
        rounds.lost(connection);
        holders.lost(connection);
    }
}
