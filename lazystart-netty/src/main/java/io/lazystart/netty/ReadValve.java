// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.Channel;
import java.util.EnumSet;
import java.util.Set;

/**
 * Stops reading from a channel while anybody wants it stopped. Leaves a channel alone whose reading somebody else has
 * turned off. Confined to the event loop.
 */
final class ReadValve {

    /** Who wants reading stopped. */
    enum Reason {
        /** More has arrived than is kept for requests that wait. */
        INBOX_FULL,
        /** The upstream does not take the body as fast as it comes. */
        UPSTREAM_SLOW
    }

    private final Channel channel;
    private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    private boolean stoppedByUs;

    ReadValve(Channel channel) {
        this.channel = channel;
    }

    void set(Reason reason, boolean stop) {
        if (stop ? reasons.add(reason) : reasons.remove(reason)) {
            apply();
        }
    }

    private void apply() {
        if (!reasons.isEmpty() && channel.config().isAutoRead()) {
            stoppedByUs = true;
            channel.config().setAutoRead(false);
        } else if (reasons.isEmpty() && stoppedByUs) {
            stoppedByUs = false;
            channel.config().setAutoRead(true);
        }
    }
}
