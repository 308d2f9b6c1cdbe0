// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

/** An open subscription to events. */
public interface Subscription extends AutoCloseable {

    /** Ends the subscription. Idempotent; an event being delivered at this moment may still arrive. */
    @Override
    void close();
}
