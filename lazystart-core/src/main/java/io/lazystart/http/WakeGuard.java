// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

/** Decides who may wake a service. */
@FunctionalInterface
public interface WakeGuard {
    /** Lets everybody wake everything. */
    WakeGuard ALLOW_ALL = (service, request) -> true;

    /**
     * Called on the server's own thread for a request to a service that is not ready; does not block.
     *
     * @param service name of the service
     * @param request the request
     * @return false to answer 403 and leave the service asleep; what it throws counts as false and is logged
     */
    boolean mayWake(String service, RequestView request);
}
