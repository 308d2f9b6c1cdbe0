// SPDX-License-Identifier: Apache-2.0
package io.lazystart.watch;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher knew at one moment.
 *
 * @param service name of the service
 * @param status where the service is in its life
 * @param epoch which start, stop or adoption it is in; rises
 * @param since wall clock time at which the status was entered
 * @param cause who or what led to the status
 * @param reason why the service is in error, why requests are refused, or why a unit that was ready counts as unhealthy;
 *     null otherwise
 * @param retryAfter rest of the back-off during which requests are refused; null when there is none, or when they are
 *     refused until a person asks
 * @param circuitOpen whether it failed so often in a row that only a person's wake or {@link Watcher#reset()} starts it;
 *     stays true while such a wake is under way
 * @param waiters callers held
 * @param leases open leases of the current incarnation
 * @param failedVetoes how often an idle veto threw or did not answer in time
 * @param stale whether the unit may be otherwise than this tells: its events cannot be heard for now, or its status could not
 *     be read when that was last tried
 * @param pin what a person holds
 * @param estimate how long a wake usually takes, learned from earlier ones; null where nothing is known
 * @param elapsed how long the current wake attempt has run, or the unit has been unhealthy; null unless the status is
 *     STARTING
 */
public record WatcherSnapshot(
        String service,
        Status status,
        long epoch,
        Instant since,
        Cause cause,
        @Nullable Reason reason,
        @Nullable Duration retryAfter,
        boolean circuitOpen,
        int waiters,
        int leases,
        long failedVetoes,
        boolean stale,
        Pin pin,
        @Nullable Duration estimate,
        @Nullable Duration elapsed) {}
