// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

/** The HTTP rules of one service: looks at a request and says what to do with it. Thread-safe; never blocks. */
public interface HttpGate {

    /**
     * Decides about a request and does what goes with it: takes the lease, wakes the service, joins the waiters.
     *
     * @param request the request's head
     * @return what the adapter has to do
     */
    Outcome handle(RequestView request);

    /**
     * Answers a request whose upstream could not be reached or broke before it answered.
     *
     * @param request the request's head
     * @param status 502, 503 or 504
     * @param problem what was observed, one sentence
     * @return the answer
     */
    HttpAnswer upstreamFailed(RequestView request, int status, String problem);
}
