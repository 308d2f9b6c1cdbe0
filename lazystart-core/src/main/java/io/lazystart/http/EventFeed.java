// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.event.Subscription;

/** A stream of server-sent events that waits for its response. */
@FunctionalInterface
public interface EventFeed {

    /**
     * Starts the stream. Close the subscription when the client has left.
     *
     * @param sink where frames go; called from one thread at a time
     * @return ends the stream
     */
    Subscription start(Sink sink);

    /** The open response of one subscriber. */
    interface Sink {

        /**
         * Sends a frame and flushes it.
         *
         * @param frame whole event or comment with its empty line, UTF-8
         * @return false if the client is too slow or gone; the frame was dropped, and the stream is ended
         */
        boolean send(byte[] frame);

        /** Ends the response well. */
        void end();
    }
}
