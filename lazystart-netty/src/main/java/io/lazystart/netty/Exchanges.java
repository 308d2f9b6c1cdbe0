// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.netty.handler.codec.http.HttpRequest;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens exchanges: checks a request and finds its route.
 *
 * @param routes given by the user
 * @param listener hears the end of every exchange
 * @param ticker their clock
 */
record Exchanges(Router routes, ExchangeListener listener, Ticker ticker) {
    private static final Logger log = LoggerFactory.getLogger(Exchanges.class);

    Exchange open(HttpRequest head, SocketAddress remote) {
        ClientRequest request = new ClientRequest(head, remote);
        Problem problem = RequestCheck.problem(head, request);
        Destination route = null;
        if (problem == null) {
            try {
                route = routes.find(request);
            } catch (RuntimeException e) {
                log.warn("the resolver of routes failed on {}", request, e);
                problem = Problem.RULES_FAILED;
            }
        }
        return new Exchange(head, request, route, problem, this);
    }
}
