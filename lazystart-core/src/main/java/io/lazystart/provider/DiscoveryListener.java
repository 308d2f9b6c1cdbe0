// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Collection;

/** Hears which services a provider has found. Does not block and may be called from any thread, by one at a time. */
public interface DiscoveryListener {

    /**
     * These are the services now; what is not among them any more is removed. While the provider cannot look, nothing is told,
     * and what was found stays.
     *
     * @param services all that were found, each by another name; not null
     */
    void onServices(Collection<DiscoveredService> services);
}
