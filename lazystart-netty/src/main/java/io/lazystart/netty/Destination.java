// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HttpGate;
import io.lazystart.watch.Watcher;
import java.util.Objects;

/**
 * Where a request goes.
 *
 * @param gate the HTTP rules of the service; not null
 * @param watcher the service; its name stands in the access log, and it is asked to look when the upstream refuses
 * @param target the request target to send to the service, in origin form: the client's own, or what is left of it
 *     after a prefix was taken off; starts with a slash
 */
public record Destination(HttpGate gate, Watcher watcher, String target) {
    /**
     * Checks the components.
     *
     * @param gate not null
     * @param watcher not null
     * @param target not null
     */
    public Destination {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(watcher, "watcher");
        Objects.requireNonNull(target, "target");
    }
}
