// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import io.lazystart.config.ReadyConfig;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;

/** Asks a started unit whether it can serve. Thread-safe. */
public interface Probe {

    /**
     * Asks once. Blocks; an interrupt ends it at once.
     *
     * @param target where the unit listens: {@code http} or {@code https}, a host name or address literal, maybe a port
     * @param timeout how long the whole probe may take, whatever the unit does
     * @param lingerNanos how long an accepted connection must stay open to count, where nothing else tells
     * @return what was seen; a failure to reach the unit is a result, not an exception
     * @throws IllegalArgumentException if the target is no such URI
     * @throws InterruptedException if the thread is interrupted
     */
    ProbeResult probe(URI target, Duration timeout, long lingerNanos) throws InterruptedException;

    /**
     * Makes the probe that a configuration asks for.
     *
     * @param ready what is asked
     * @param ticker the clock
     * @param scheduler ends probes that nothing else would end in time
     * @return the probe
     * @throws IllegalArgumentException if the path cannot stand in a request
     */
    static Probe of(ReadyConfig ready, Ticker ticker, Scheduler scheduler) {
        return switch (ready.kind()) {
            case TCP -> new TcpProbe(ticker);
            case HTTP -> new HttpProbe(ready, ticker, scheduler, (SSLSocketFactory) SSLSocketFactory.getDefault());
        };
    }
}
