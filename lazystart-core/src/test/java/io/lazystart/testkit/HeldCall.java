// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

/** A call that {@link ProviderContractTest} wants to find in the middle of its work. */
public interface HeldCall extends AutoCloseable {

    /**
     * Blocks until the call waits for something that does not come by itself.
     *
     * @throws Exception if it does not come so far
     */
    void awaitReached() throws Exception;

    /** Lets the call go on. Idempotent. */
    @Override
    void close();
}
