// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ServiceConfig;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a service is to be by the configuration.
 *
 * @param service the service
 * @param opened its unit; null for a group
 * @param job whether others need that it has run and ended well
 * @param shared whether other services use the unit too
 */
record Target(ServiceConfig service, Units.@Nullable Opened opened, boolean job, boolean shared) {

    /**
     * Whether a watcher of the one can go on as a watcher of the other: it is the same unit, reached in the same way, and the
     * unit's life means the same.
     */
    boolean sameUnit(Target other) {
        // A group is what it consists of.
        boolean same = opened == null
                ? other.opened == null && service.dependsOn().equals(other.service.dependsOn())
                : other.opened != null
                        && opened.key().equals(other.opened.key())
                        && opened.described().equals(other.opened.described());
        return same
                && job == other.job
                && shared == other.shared
                && Objects.equals(service.upstream(), other.service.upstream());
    }

    /** Names the unit over all providers; null for a group. */
    Units.@Nullable Key key() {
        return opened == null ? null : opened.key();
    }
}
