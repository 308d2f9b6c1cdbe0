// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.LazyStart;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.http.HttpAnswer;
import io.lazystart.http.HttpGate;
import io.lazystart.http.Outcome;
import io.lazystart.http.RequestView;
import io.lazystart.time.Ticker;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rehearses a wake and what follows it, so that the first callers do not pay for loading and compiling: the loading
 * page, a held request, requests passed on, and a reload. All of it goes over loopback, from a server of its own to a
 * server of its own, and touches nothing else: no other service, no real unit, no file. The rehearsed service, {@value
 * #NAME}, logs its two wakes and the reloads as any other does. What fails is logged at debug level and left to the
 * first caller. Not thread-safe.
 */
public final class WarmUp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final String NAME = "warm-up";

    /** By then all is compiled. */
    private static final int MOST_REQUESTS = 10_000;

    /**
     * Requests with connections of their own, one to the server and one to the application: enough for the making of
     * connections to be compiled. The kernel remembers each for a minute or two after its end, and a host that translates
     * addresses, as one with containers does, drops new connections while it has no room for more.
     */
    private static final int MOST_CONNECTIONS = 300;

    private static final int TIMEOUT_MILLIS = 5_000;

    /** Makes a connection to the application for each request. */
    private final NettyServer server;

    /** Keeps it, as servers do. */
    private final NettyServer keeping;

    /** The last opened first. */
    private final Deque<AutoCloseable> opened;

    private final Set<Integer> ports;

    private int connections;

    private WarmUp(NettyServer application, NettyServer server, NettyServer keeping, Deque<AutoCloseable> opened) {
        this.server = server;
        this.keeping = keeping;
        this.opened = opened;
        this.ports = Set.of(
                application.address().getPort(),
                server.address().getPort(),
                keeping.address().getPort());
    }

    /**
     * Warms up and closes. Blocks for as long as loading takes, about half a second, and the time given.
     *
     * @param atMost how long to repeat; zero loads only
     */
    public static void run(Duration atMost) {
        WarmUp warmUp = begin();
        if (warmUp != null) {
            try (warmUp) {
                warmUp.repeat(atMost);
            }
        }
    }

    /**
     * Loads everything by two wakes with a reload between. Blocks for as long as that takes, about half a second.
     *
     * @return to go on with; null if it failed
     */
    public static @Nullable WarmUp begin() {
        RehearsalProvider provider = new RehearsalProvider(NAME);
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            LazyStart lazyStart = asleep(provider);
            opened.push(lazyStart);
            NettyServer application = server(lazyStart, new Application()).start();
            opened.push(application);
            provider.listensAt(application.address());
            NettyServer server =
                    server(lazyStart, lazyStart.gate(NAME)).keepNoUpstreams().start();
            opened.push(server);
            NettyServer keeping = server(lazyStart, lazyStart.gate(NAME)).start();
            opened.push(keeping);
            WarmUp warmUp = new WarmUp(application, server, keeping, opened);
            warmUp.visit("Accept: text/html\r\n", "503");
            warmUp.visit("", "200");
            reload(lazyStart);
            warmUp.visit("", "200");
            try (Socket kept = connect(keeping)) {
                visitAgain(kept);
            }
            return warmUp;
        } catch (IOException | RuntimeException e) {
            log.debug("not warmed up", e);
            closeAll(opened);
            return null;
        }
    }

    /**
     * Passes requests on until the time is over, or all is surely compiled; the first few hundred on connections of their
     * own, which are closed at once. Blocks.
     *
     * @param atMost how long; a second does most of what can be done
     * @return how many were passed on
     */
    public int repeat(Duration atMost) {
        Ticker ticker = Ticker.system();
        long began = ticker.nanos();
        int requests = 0;
        try (Socket kept = connect(keeping)) {
            while (requests < MOST_REQUESTS && ticker.nanos() - began < atMost.toNanos()) {
                if (connections < MOST_CONNECTIONS) {
                    visit("", "200");
                } else {
                    visitAgain(kept);
                }
                requests++;
            }
        } catch (IOException e) {
            log.debug("not warmed up by more than {} requests", requests, e);
        }
        return requests;
    }

    /** For tests: where its servers listen. */
    Set<Integer> ports() {
        return ports;
    }

    /** Closes what was opened. */
    @Override
    public void close() {
        closeAll(opened);
    }

    private static void closeAll(Deque<AutoCloseable> opened) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                log.debug("not closed", e);
            }
        }
    }

    private static LazyStart asleep(RehearsalProvider provider) {
        return LazyStart.builder()
                .discoverProviders(false)
                .keepStartTimes(false)
                .provider(provider)
                .service(NAME, service -> describe(service, "first"))
                .build();
    }

    private static ServiceConfigBuilder describe(ServiceConfigBuilder service, String unit) {
        return service.unit(NAME, Map.of(RehearsalProvider.UNIT, unit))
                .idleTimeout(ServiceConfig.NEVER)
                .onClose(ServiceConfig.OnClose.LEAVE);
    }

    /** Gives the service another unit, and adds one that comes and goes: all that a reload can do. */
    private static void reload(LazyStart lazyStart) {
        ServiceConfigBuilder changed = describe(new ServiceConfigBuilder(), "second");
        reload(lazyStart, Map.of(NAME, changed, NAME + "-other", describe(new ServiceConfigBuilder(), "third")));
        reload(lazyStart, Map.of(NAME, changed));
    }

    private static void reload(LazyStart lazyStart, Map<String, ServiceConfigBuilder> services) {
        LazyStartConfig now = lazyStart.config();
        lazyStart.reload(
                LazyStartConfig.of(now.stateDirectory(), now.portRange(), now.limits(), now.connections(), services));
    }

    private static NettyServer.Builder server(LazyStart lazyStart, HttpGate gate) {
        return NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .threads(1)
                .gates(request -> new Destination(gate, lazyStart.watcher(NAME), request.target()));
    }

    /** With connections that nothing else is sent on. */
    private void visit(String header, String status) throws IOException {
        connections++;
        try (Socket socket = connect(server)) {
            send(socket, header + "Connection: close\r\n");
            byte[] answer = socket.getInputStream().readAllBytes();
            check(new String(answer, StandardCharsets.UTF_8), status);
        }
    }

    /** With connections that are kept. */
    private static void visitAgain(Socket socket) throws IOException {
        send(socket, "");
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[1024];
        while (answer.indexOf(Application.END) < 0) {
            int count = socket.getInputStream().read(buffer);
            if (count < 0) {
                throw new EOFException("ended after: " + answer);
            }
            answer.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
            if (answer.indexOf("\r\n") >= 0) {
                check(answer.toString(), "200");
            }
        }
    }

    private static Socket connect(NettyServer to) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(to.address(), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void send(Socket socket, String header) throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    private static void check(String answer, String status) throws IOException {
        if (!answer.startsWith("HTTP/1.1 " + status)) {
            throw new IOException("answer: " + answer.lines().findFirst() + " (expected: " + status + ")");
        }
    }

    /** Stands where the service's application would. */
    private static final class Application implements HttpGate {
        private static final String END = "\r\n\r\n" + NAME;

        @Override
        public Outcome handle(RequestView request) {
            return new Outcome.Answer(answer(200));
        }

        @Override
        public HttpAnswer upstreamFailed(RequestView request, int status, String problem) {
            return answer(status);
        }

        private static HttpAnswer answer(int status) {
            return new HttpAnswer(status, List.of(), NAME.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
