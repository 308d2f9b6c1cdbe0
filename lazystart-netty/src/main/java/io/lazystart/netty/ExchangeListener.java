// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** Hears the end of every exchange, for an access log or metrics. */
@FunctionalInterface
public interface ExchangeListener {
    /** Hears nothing. */
    ExchangeListener NONE = summary -> {};

    /**
     * Called once per request when its response has ended, was cut or never came, and once per upgraded connection when
     * it has given the service back; on an event loop, so it must not block. What it throws is logged.
     *
     * @param summary what became of the request
     */
    void exchangeEnded(ExchangeSummary summary);
}
