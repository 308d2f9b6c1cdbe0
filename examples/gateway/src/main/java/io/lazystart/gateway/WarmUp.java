// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lazystart.LazyStart;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.http.HttpGate;
import io.lazystart.netty.Destination;
import io.lazystart.netty.NettyServer;
import io.lazystart.watch.Watcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Sends one request through everything that a first visitor needs, against a service that does not exist: the visitor
 * then gets the loading page from code that is loaded, not from class files. Costs a part of a second before the URL is
 * printed, touches no unit, no file and no port but one of its own on loopback.
 */
final class WarmUp {
    private static final String NAME = "warm-up";
    private static final int TIMEOUT_MILLIS = 5_000;

    private WarmUp() {}

    /** Warms up; what fails here is left to the first visitor. */
    static void run() {
        Level level = Level.INFO;
        Logger log = null;
        if (LoggerFactory.getLogger("io.lazystart") instanceof Logger logback) {
            log = logback;
            level = log.getLevel();
            log.setLevel(Level.ERROR);
        }
        try {
            visit();
        } catch (IOException | RuntimeException e) {
            LoggerFactory.getLogger(WarmUp.class).debug("not warmed up", e);
        } finally {
            if (log != null) {
                log.setLevel(level);
            }
        }
    }

    private static void visit() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (LazyStart lazyStart = asleep()) {
            HttpGate gate = lazyStart.gate(NAME);
            Watcher watcher = lazyStart.watcher(NAME);
            try (NettyServer server = NettyServer.builder()
                    .listen(any)
                    .threads(1)
                    .gates(request -> new Destination(gate, watcher, request.target()))
                    .listener(summary -> {})
                    .start()) {
                visit(server.address());
            }
        }
    }

    private static LazyStart asleep() {
        return LazyStart.builder()
                .discoverProviders(false)
                .provider(new NoUnits(NAME))
                .service(
                        NAME,
                        service -> service.unit(NAME, Map.of())
                                .upstream("http://127.0.0.1:9")
                                .wakeTimeout(Duration.ofMillis(TIMEOUT_MILLIS))
                                .onClose(OnClose.LEAVE))
                .build();
    }

    private static void visit(InetSocketAddress address) throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
