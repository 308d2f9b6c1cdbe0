// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.event.Status;
import io.lazystart.http.Decision.Accepted;
import io.lazystart.http.Decision.Events;
import io.lazystart.http.Decision.Forward;
import io.lazystart.http.Decision.Hold;
import io.lazystart.http.Decision.Page;
import io.lazystart.http.Decision.Refusal;
import io.lazystart.http.Decision.Refuse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rules, as a pure function. The first row that fits decides:
 *
 * <pre>
 *  service          request                              decision
 *  any              CONNECT                              refuse 501 (RFC 9110, 9.1: a method not implemented here)
 *  any              OPTIONS *                            refuse 405 (RFC 9110, 15.5.6: this target has no methods)
 *  any              LazyStart-Events                     events (refuse 405 unless GET or HEAD)
 *  READY            any                                  forward
 *  not ready        guard says no                        refuse 403
 *  not ready        /favicon.ico, /robots.txt            refuse 404
 *  not ready        prefetch                             refuse 503
 *  not STARTING     another path than start-endpoint     refuse 503
 *  backing off      any                                  refuse 503
 *  not ready        GET, HEAD; Prefer: respond-async     accepted, or hold first with wait=N
 *  not ready        navigation (wait: page: pageable)    page, unless wait: hold
 *  not ready        any; wait: async                     accepted
 *  not ready        any                                  hold, no longer than Prefer: wait=N
 * </pre>
 *
 * A service that is STOPPING counts as asleep for the start endpoint: a request that joined it would queue a restart,
 * and only that path wakes. A full waiting room has no row, because only the watcher can count callers without a race;
 * it refuses the hold.
 */
final class DecisionTable {
    private DecisionTable() {}

    static Decision decide(ServiceConfig service, Situation situation, RequestView request) {
        if (RequestKind.isForNoService(request)) {
            return "CONNECT".equals(request.method())
                    ? new Refuse(501, Refusal.TUNNEL)
                    : new Refuse(405, Refusal.SERVER_WIDE);
        }
        if (request.header(HeaderNames.EVENTS) != null) {
            return RequestKind.isGetOrHead(request) ? new Events() : new Refuse(405, Refusal.EVENTS_METHOD);
        }
        if (situation.status() == Status.READY) {
            return new Forward();
        }
        Refuse refusal = refusal(service, situation, request);
        return refusal != null ? refusal : served(service, request);
    }

    /** Whether a failure is told as a page: where the caller would have got one, or is a person who was to be held. */
    static boolean wantsPage(ServiceConfig service, RequestView request) {
        return service.waitMode() == WaitMode.PAGE
                ? RequestKind.isPageable(request)
                : RequestKind.isNavigation(request);
    }

    private static @Nullable Refuse refusal(ServiceConfig service, Situation situation, RequestView request) {
        if (!situation.mayWake()) {
            return new Refuse(403, Refusal.GUARD);
        }
        if (RequestKind.neverWakes(request)) {
            return new Refuse(404, Refusal.NEVER_WAKES);
        }
        if (RequestKind.isPrefetch(request)) {
            return new Refuse(503, Refusal.PREFETCH);
        }
        if (situation.status() != Status.STARTING && !mayWakeHere(service, request)) {
            return new Refuse(503, Refusal.NOT_THE_START_ENDPOINT);
        }
        return situation.backingOff() ? new Refuse(503, Refusal.BACKING_OFF) : null;
    }

    private static boolean mayWakeHere(ServiceConfig service, RequestView request) {
        String endpoint = service.startEndpoint();
        return endpoint == null || endpoint.equals(RequestKind.path(request.target()));
    }

    private static Decision served(ServiceConfig service, RequestView request) {
        Preferences preferences = Preferences.parse(request.header("Prefer"));
        Duration wait = preferences.waitLimit();
        if (preferences.respondAsync() && RequestKind.isGetOrHead(request)) {
            return wait == null || wait.isZero()
                    ? new Accepted(true)
                    : new Hold(shorter(wait, service.holdTimeout()), true);
        }
        if (service.waitMode() != WaitMode.HOLD && wantsPage(service, request)) {
            return new Page();
        }
        if (service.waitMode() == WaitMode.ASYNC) {
            return new Accepted(false);
        }
        return new Hold(wait == null ? service.holdTimeout() : shorter(wait, service.holdTimeout()), false);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
