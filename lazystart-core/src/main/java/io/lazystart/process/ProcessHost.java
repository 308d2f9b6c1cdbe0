// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Ticker;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all units of one provider share.
 *
 * @param listener hears events; null before {@link ProcessProvider#watch}
 */
record ProcessHost(
        Ticker ticker,
        ProcessTable table,
        Signals signals,
        PortPool ports,
        Launcher launcher,
        Workers workers,
        ExitWatch exits,
        AtomicReference<@Nullable UnitListener> listener) {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessHost.class);

    /** Tells an event to the listener. What that throws disturbs nobody. */
    void tell(UnitEvent event) {
        UnitListener told = listener.get();
        if (told == null) {
            return;
        }
        try {
            told.onEvent(event);
        } catch (RuntimeException failure) {
            LOG.warn("the listener failed at an event of unit {}", event.unit(), failure);
        }
    }
}
