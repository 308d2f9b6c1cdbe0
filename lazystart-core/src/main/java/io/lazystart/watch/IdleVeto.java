// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

/**
 * Says that a service is busy though nobody holds a lease: it computes, sends mail, is being backed up. Asked each time that
 * a service is about to sleep because its idle time has passed; never when a person puts it to sleep or the host closes.
 *
 * <p>Vetoes of one question are asked at once, each on a worker thread of its own kind ({@code lazystart-veto}), while the
 * service is still READY and gives leases. One that says "busy" starts the idle time anew. One that throws, or has not
 * answered after five seconds, counts as "not busy"; it is interrupted then, and counted in {@link
 * WatcherSnapshot#failedVetoes()}; the first such failure of a service is logged as a warning, the others are not.
 */
@FunctionalInterface
public interface IdleVeto {

    /**
     * Asks about one service. May block; is interrupted after five seconds.
     *
     * @param service name of the service; not null
     * @return true to keep it awake for another idle time
     * @throws Exception counts as "not busy"
     */
    boolean isBusy(String service) throws Exception;
}
