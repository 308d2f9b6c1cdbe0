// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a service is reached, as configured.
 *
 * @param template an address with {@code {port}}, or null to take the provider's
 */
record Upstream(@Nullable String template) {
    private static final String PORT = "{port}";

    /** The address of a started unit; null where neither the configuration nor the provider has one. */
    @Nullable
    URI resolve(@Nullable UnitAddress address) {
        if (template == null) {
            return address == null ? null : URI.create("http://" + host(address) + ":" + address.port());
        }
        if (!template.contains(PORT)) {
            return URI.create(template);
        }
        if (address == null) {
            throw new ProviderException(
                    "upstream: " + template + " (expected: a unit that is given a port)", null, null);
        }
        return URI.create(template.replace(PORT, Integer.toString(address.port())));
    }

    /** Whether it is the unit's own address, and not one that is fixed. */
    boolean asksUnit() {
        return template == null || template.contains(PORT);
    }

    private static String host(UnitAddress address) {
        return address.host().indexOf(':') >= 0 ? "[" + address.host() + "]" : address.host();
    }
}
