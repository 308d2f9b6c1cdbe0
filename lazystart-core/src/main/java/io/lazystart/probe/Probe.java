// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import io.lazystart.config.ReadyConfig;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Asks a started unit whether it can serve. Thread-safe. */
public interface Probe {

    /** Looks at what else may keep a unit from being ready that takes connections. */
    @FunctionalInterface
    interface Objection {

        /**
         * Looks once. May block for a moment.
         *
         * @return what is the matter, in a few words that end a message; null if nothing is
         * @throws InterruptedException if the thread is interrupted
         */
        @Nullable
        String find() throws InterruptedException;
    }

    /**
     * Asks once. Blocks; an interrupt ends it at once.
     *
     * @param target where the unit listens: {@code http} or {@code https}, a host name or address literal, maybe a port
     * @param timeout how long the whole probe may take, whatever the unit does
     * @param lingerNanos how long an accepted connection must stay open to count, where nothing else tells
     * @param objection looked for before the unit counts as ready, where possible while it is waited for anyway; not where
     *     the unit cannot be reached
     * @return what was seen; a failure to reach the unit is a result, not an exception
     * @throws IllegalArgumentException if the target is no such URI
     * @throws InterruptedException if the thread is interrupted
     */
    ProbeResult probe(URI target, Duration timeout, long lingerNanos, Objection objection) throws InterruptedException;

    /**
     * Asks once, where nothing else is looked at.
     *
     * @param target as above, and so are the others
     * @param timeout as above
     * @param lingerNanos as above
     * @return as above
     * @throws IllegalArgumentException if the target is no such URI
     * @throws InterruptedException if the thread is interrupted
     */
    default ProbeResult probe(URI target, Duration timeout, long lingerNanos) throws InterruptedException {
        return probe(target, timeout, lingerNanos, () -> null);
    }

    /**
     * Makes the probe that a configuration asks for.
     *
     * @param ready what is asked; not the provider alone
     * @param ticker the clock
     * @param scheduler ends probes that nothing else would end in time
     * @return the probe
     * @throws IllegalArgumentException if the path cannot stand in a request
     */
    static Probe of(ReadyConfig ready, Ticker ticker, Scheduler scheduler) {
        return switch (ready.kind()) {
            case AUTO, TCP -> new TcpProbe(ticker);
            case HTTP -> new HttpProbe(ready, ticker, scheduler, (SSLSocketFactory) SSLSocketFactory.getDefault());
            case PROVIDER -> throw new IllegalArgumentException("provider: asked by nobody here");
        };
    }
}
