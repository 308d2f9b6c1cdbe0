// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.watch.Watcher;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * What connections may be shared between: one address of one incarnation. An incarnation is told by its watcher's
 * epoch, which rises with every start, stop and adoption, so a socket to an earlier one is never found again.
 *
 * @param watcher the service; compared by identity
 * @param epoch read after the lease was taken and before the connection was opened
 * @param upstream where the lease says the service is reached
 */
record UpstreamKey(Watcher watcher, long epoch, URI upstream) {
    static UpstreamKey of(Watcher watcher, URI upstream) {
        return new UpstreamKey(watcher, watcher.snapshot().epoch(), upstream);
    }

    InetSocketAddress address() {
        String host = upstream.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return InetSocketAddress.createUnresolved(bare, upstream.getPort() < 0 ? 80 : upstream.getPort());
    }

    String authority() {
        return upstream.getRawAuthority();
    }
}
