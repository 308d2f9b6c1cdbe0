// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.watch.Watcher;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * What connections may be shared between: one address of one incarnation. A socket to an earlier one is never found
 * again.
 *
 * @param watcher the service; compared by identity
 * @param epoch the incarnation, as the lease tells it
 * @param upstream where the lease says the service is reached
 */
record UpstreamKey(Watcher watcher, long epoch, URI upstream) {
    /** Where to connect to: resolved if it was given as an address, a name otherwise. */
    InetSocketAddress address() {
        int port = upstream.getPort() < 0 ? 80 : upstream.getPort();
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(upstream.getHost());
        return literal == null
                ? InetSocketAddress.createUnresolved(upstream.getHost(), port)
                : new InetSocketAddress(literal, port);
    }

    String authority() {
        return upstream.getRawAuthority();
    }
}
