// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import io.lazystart.time.Ticker;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ready when a connection is accepted and stays open. Port forwarders and socket activation accept for a unit that does not
 * listen yet, and close at once: so it is listened for a moment.
 */
final class TcpProbe implements Probe {
    private final Ticker ticker;

    TcpProbe(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public ProbeResult probe(URI target, Duration timeout, long lingerNanos) throws InterruptedException {
        Deadline deadline = new Deadline(ticker, timeout);
        try (SocketChannel channel = Connection.open(target, deadline)) {
            return linger(channel.socket(), deadline.socketMillis(wholeMillis(lingerNanos)));
        } catch (IOException failure) {
            return Connection.failed(failure, deadline);
        }
    }

    /** Rounded down where it can be: each millisecond that is listened for is one that a caller waits. */
    private static long wholeMillis(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)) * 1_000_000;
    }

    private static ProbeResult linger(Socket socket, int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return socket.getInputStream().read() < 0
                    ? ProbeResult.notReady("accepted and closed at once")
                    : ProbeResult.ready("accepted and spoke");
        } catch (SocketTimeoutException stillOpen) {
            return ProbeResult.ready("accepted");
        } catch (IOException reset) {
            if (Thread.currentThread().isInterrupted()) {
                throw reset;
            }
            return ProbeResult.notReady("accepted and reset at once");
        }
    }
}
