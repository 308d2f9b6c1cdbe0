// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import io.lazystart.config.ReadyConfig;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ready when a GET is answered with an expected status. Speaks HTTP itself: a client library would follow redirects, use a
 * proxy, read bodies, and bound each read but not the whole.
 */
final class HttpProbe implements Probe {
    private static final Logger LOG = LoggerFactory.getLogger(HttpProbe.class);

    private final ReadyConfig ready;
    private final String path;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final SSLSocketFactory tls;

    HttpProbe(ReadyConfig ready, Ticker ticker, Scheduler scheduler, SSLSocketFactory tls) {
        this.ready = ready;
        this.path = Objects.requireNonNull(ready.path(), "ready.path");
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.tls = tls;
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "ready.http: " + path + " (expected: a path that begins with '/', other signs percent-encoded)");
        }
    }

    /** The linger has no meaning here: the answer tells. One that is expected is objected to last, and so once in a good start. */
    @Override
    public ProbeResult probe(URI target, Duration timeout, long lingerNanos, Objection objection)
            throws InterruptedException {
        ProbeResult answer = ask(target, new Deadline(ticker, timeout));
        String found = answer.ready() ? objection.find() : null;
        return found == null ? answer : ProbeResult.notReady(found);
    }

    private ProbeResult ask(URI target, Deadline deadline) throws InterruptedException {
        try (SocketChannel channel = Connection.open(target, deadline)) {
            return Connection.tls(target)
                    ? askByTls(channel, target, deadline)
                    : ask(channel.socket(), target, deadline);
        } catch (IOException failure) {
            return Connection.failed(failure, deadline);
        }
    }

    /** A handshake reads in many steps, none of them ours: only closing the connection bounds it as a whole. */
    private ProbeResult askByTls(SocketChannel channel, URI target, Deadline deadline) throws IOException {
        Scheduler.Timer timer = scheduler.schedule(() -> close(channel), deadline.leftNanos());
        try {
            SSLSocket socket = (SSLSocket)
                    tls.createSocket(channel.socket(), Connection.host(target), Connection.port(target), false);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            return ask(socket, target, deadline);
        } finally {
            timer.cancel();
        }
    }

    private ProbeResult ask(Socket socket, URI target, Deadline deadline) throws IOException {
        socket.setSoTimeout(deadline.socketMillis(Long.MAX_VALUE));
        socket.getOutputStream().write(request(target));
        StatusReader reader = new StatusReader(socket, deadline);
        int status = reader.finalStatus();
        if (status == StatusReader.CLOSED) {
            return ProbeResult.notReady("closed without an answer");
        }
        if (status == StatusReader.STRANGE) {
            return ProbeResult.notReady("an answer that is not HTTP");
        }
        boolean expected = status >= ready.firstCode() && status <= ready.lastCode();
        return new ProbeResult(expected, "HTTP " + status);
    }

    private byte[] request(URI target) {
        String host = target.getHost() + (target.getPort() < 0 ? "" : ":" + target.getPort());
        String head = "GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: lazystart-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.debug("a probe's connection could not be closed", failure);
        }
    }
}
