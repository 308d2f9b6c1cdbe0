// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.RequestView;
import io.lazystart.time.Ticker;
import io.netty.handler.codec.http.HttpRequest;
import java.net.SocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens exchanges: checks a request and finds its route.
 *
 * @param routes given by the user
 * @param listener hears the end of every exchange
 * @param ticker their clock
 */
record Exchanges(Function<? super RequestView, @Nullable Route> routes, ExchangeListener listener, Ticker ticker) {
    private static final Logger log = LoggerFactory.getLogger(Exchanges.class);

    Exchange open(HttpRequest head, SocketAddress remote) {
        ClientRequest request = new ClientRequest(head, remote);
        Problem problem = RequestCheck.problem(head);
        Route route = null;
        if (problem == null) {
            try {
                route = routes.apply(request);
            } catch (RuntimeException e) {
                log.warn("the resolver of routes failed on {}", request, e);
                problem = Problem.RULES_FAILED;
            }
        }
        return new Exchange(head, request, route, problem, this);
    }
}
