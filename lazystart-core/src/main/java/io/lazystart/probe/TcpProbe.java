// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import io.lazystart.time.Ticker;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ready when a connection is accepted and stays open. Port forwarders and socket activation accept for a unit that does not
 * listen yet, and close at once: so it is listened for a moment.
 */
final class TcpProbe implements Probe {
    /** What a read gives at the end of a stream. */
    private static final int CLOSED = -1;

    /** What a read gives here if there was nothing to be read. */
    private static final int SILENT = 0;

    private final Ticker ticker;

    TcpProbe(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public ProbeResult probe(URI target, Duration timeout, long lingerNanos, Objection objection)
            throws InterruptedException {
        Deadline deadline = new Deadline(ticker, timeout);
        try (SocketChannel channel = Connection.open(target, deadline)) {
            long until = ticker.nanos() + deadline.leftNanos(lingerNanos);
            String found = objection.find();
            return found == null ? listen(channel, until) : ProbeResult.notReady(found);
        } catch (IOException failure) {
            return Connection.failed(failure, deadline);
        }
    }

    private ProbeResult listen(SocketChannel channel, long until) throws IOException, InterruptedException {
        try {
            int heard = hear(channel.socket(), until);
            return switch (heard == SILENT ? hearTheRest(channel, until) : heard) {
                case CLOSED -> ProbeResult.notReady("accepted and closed at once");
                case SILENT -> ProbeResult.ready("accepted");
                default -> ProbeResult.ready("accepted and spoke");
            };
        } catch (IOException reset) {
            if (Thread.currentThread().isInterrupted()) {
                throw reset;
            }
            return ProbeResult.notReady("accepted and reset at once");
        }
    }

    /** Listens as long as a socket can be told to: for whole milliseconds. */
    private int hear(Socket socket, long until) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(until - ticker.nanos());
        if (millis <= 0) {
            return SILENT;
        }
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, millis));
        try {
            return socket.getInputStream().read() < 0 ? CLOSED : 1;
        } catch (SocketTimeoutException stillOpen) {
            return SILENT;
        }
    }

    /** Lets the rest pass, for not even a part of a millisecond is to be waited too long, and looks. */
    private int hearTheRest(SocketChannel channel, long until) throws IOException, InterruptedException {
        ticker.sleep(Duration.ofNanos(until - ticker.nanos()));
        channel.configureBlocking(false);
        return channel.read(ByteBuffer.allocate(1));
    }
}
