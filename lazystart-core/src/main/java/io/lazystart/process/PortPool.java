// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.ProviderException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/**
 * Gives ports to units, going round the range: a port just given back is the last to be given again, when connections of
 * its former user have died out. Thread-safe.
 */
final class PortPool {
    private final PortRange range;
    private final Set<Integer> given = new HashSet<>(); // guarded by this
    private int next; // guarded by this

    PortPool(PortRange range) {
        this.range = range;
        this.next = range.first();
    }

    /**
     * Gives a port that no unit has and nobody else listens on.
     *
     * @throws ProviderException if there is none in the range
     */
    synchronized int take() {
        int size = range.last() - range.first() + 1;
        for (int tried = 0; tried < size; tried++) {
            int port = next;
            next = port == range.last() ? range.first() : port + 1;
            if (!given.contains(port) && free(port)) {
                given.add(port);
                return port;
            }
        }
        long ours = given.stream()
                .filter(port -> port >= range.first() && port <= range.last())
                .count();
        throw new ProviderException(
                "port-range: " + range + " is used up, " + ours + " by units and " + (size - ours)
                        + " by other programs (expected: a free port)",
                null,
                null);
    }

    /** Keeps the port of an adopted unit from being given to another. It may lie outside the range. */
    synchronized void keep(int port) {
        given.add(port);
    }

    /** Takes a port back. */
    synchronized void giveBack(int port) {
        given.remove(port);
    }

    /** Nobody listens on it, on loopback or on all addresses: units may bind to either. Never listens itself. */
    private static boolean free(int port) {
        return binds(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                && binds(new InetSocketAddress(port));
    }

    private static boolean binds(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true); // past connections that only wait to be forgotten do not count
            socket.bind(address);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
