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
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives ports to units, going round the range: a port just given back is the last to be given again, when connections of
 * its former user have died out. Begins anywhere in the range, so that hosts that cannot see each other's claims do not
 * all give the same ports. Thread-safe.
 */
final class PortPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortPool.class);

    private final PortRange range;
    private final PortClaims claims;
    private final Set<Integer> given = new HashSet<>(); // guarded by this
    private int next; // guarded by this

    PortPool(PortRange range, PortClaims claims) {
        this(range, claims, ThreadLocalRandom.current().nextInt(range.first(), range.last() + 1));
    }

    /**
     * Describes a pool.
     *
     * @param next the port to try first
     */
    PortPool(PortRange range, PortClaims claims, int next) {
        this.range = range;
        this.claims = claims;
        this.next = next;
    }

    /**
     * Gives a port that no unit of this machine's hosts has and nobody else listens on.
     *
     * @throws ProviderException if there is none in the range
     */
    synchronized int take() {
        int size = range.last() - range.first() + 1;
        for (int tried = 0; tried < size; tried++) {
            int port = next;
            next = port == range.last() ? range.first() : port + 1;
            if (!given.contains(port) && claims.claim(port)) {
                if (free(port)) {
                    given.add(port);
                    return port;
                }
                claims.release(port);
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
        if (given.add(port) && !claims.claim(port)) {
            LOG.debug("port {} of an adopted unit is claimed by another host", port);
        }
    }

    /** Takes a port back. */
    synchronized void giveBack(int port) {
        given.remove(port);
        claims.release(port);
    }

    /** Gives up all claims: units that go on are claimed for by the host that adopts them. */
    @Override
    public void close() {
        claims.close();
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
