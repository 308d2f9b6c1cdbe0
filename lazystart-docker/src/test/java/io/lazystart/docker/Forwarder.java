// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A socket in front of the engine's, which can cut connections, refuse them, forbid requests as a filter does, or hold one as
 * an engine does that is frozen. Relies on each request having a connection of its own.
 */
final class Forwarder implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private static final byte[] FORBIDDEN = """
            HTTP/1.1 403 Forbidden\r
            Content-Length: 0\r
            Connection: close\r
            \r
            """.getBytes(StandardCharsets.ISO_8859_1);

    private final SocketAddress engine;
    private final SocketAddress address;
    private final ServerSocketChannel server;
    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<SocketChannel, String> open = new ConcurrentHashMap<>();
    private final List<String> forbidden = new CopyOnWriteArrayList<>();
    private volatile Predicate<String> refused = request -> false;
    private volatile Predicate<String> allowed = request -> true;

    private Forwarder(SocketAddress engine, SocketAddress address, ServerSocketChannel server) {
        this.engine = engine;
        this.address = address;
        this.server = server;
    }

    /** Listens on a socket of this machine. */
    static Forwarder at(Path socket, Path engine) throws IOException {
        return begin(UnixDomainSocketAddress.of(engine), UnixDomainSocketAddress.of(socket));
    }

    static Forwarder begin(SocketAddress engine, SocketAddress address) throws IOException {
        ServerSocketChannel server = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        server.bind(address);
        Forwarder forwarder = new Forwarder(engine, server.getLocalAddress(), server);
        thread("accept", forwarder::accept);
        return forwarder;
    }

    SocketAddress address() {
        return address;
    }

    /** First lines of all requests so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Ends what is open and fits, and refuses what fits from now on. */
    void cut(Predicate<String> request) {
        refused = request;
        open.forEach((client, line) -> {
            if (request.test(line)) {
                closeQuietly(client);
            }
        });
    }

    void mend() {
        refused = request -> false;
    }

    /** Answers from now on that it is forbidden to whatever does not fit. */
    void allowOnly(Predicate<String> request) {
        allowed = request;
    }

    /** First lines of what was answered so. */
    List<String> forbidden() {
        return List.copyOf(forbidden);
    }

    /** Holds each request that fits until the hold is closed. */
    Hold hold(Predicate<String> request) throws IOException {
        Hold hold = new Hold(request);
        holds.add(hold);
        return hold;
    }

    @Override
    public void close() throws IOException {
        server.close();
        holds.forEach(Hold::close);
        Set.copyOf(open.keySet()).forEach(Forwarder::closeQuietly);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                thread("request", () -> serve(client));
            }
        } catch (IOException closing) {
            // the end
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            ByteBuffer head = ByteBuffer.allocate(BUFFER);
            String line = firstLine(client, head);
            if (line.isEmpty()) {
                return;
            }
            open.put(client, line);
            requests.add(line);
            for (Hold hold : holds) {
                if (hold.fits(line) && !hold.isReleased(client)) {
                    return;
                }
            }
            if (!allowed.test(line)) {
                forbidden.add(line);
                write(client, ByteBuffer.wrap(FORBIDDEN));
            } else if (!refused.test(line)) {
                relay(client, head);
            }
        } catch (IOException gone) {
            // either side has left
        } finally {
            open.remove(client);
        }
    }

    private void relay(SocketChannel client, ByteBuffer head) throws IOException {
        try (SocketChannel upstream = SocketChannel.open(engine)) {
            write(upstream, head.flip());
            thread("back", () -> pump(upstream, client));
            pump(client, upstream);
        }
    }

    /** Copies until either side is at its end, and then ends both. */
    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                write(to, buffer.flip());
                buffer.clear();
            }
        } catch (IOException gone) {
            // either side has left
        }
    }

    private static void write(SocketChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static String firstLine(SocketChannel client, ByteBuffer head) throws IOException {
        while (client.read(head) >= 0) {
            String text =
                    StandardCharsets.ISO_8859_1.decode(head.duplicate().flip()).toString();
            if (text.contains("\r\n\r\n")) {
                return text.substring(0, text.indexOf('\r'));
            }
        }
        return "";
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void thread(String role, Runnable task) {
        Thread thread = new Thread(task, "forwarder-" + role);
        thread.setDaemon(true);
        thread.start();
    }

    /** Requests that wait. One whose client leaves is dropped. */
    static final class Hold implements AutoCloseable {
        private final Predicate<String> request;
        private final Selector selector;
        private final CountDownLatch reached = new CountDownLatch(1);
        private volatile boolean released;

        Hold(Predicate<String> request) throws IOException {
            this.request = request;
            this.selector = Selector.open();
        }

        void awaitReached() throws InterruptedException {
            if (!reached.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("hold: no such request has come");
            }
        }

        @Override
        public void close() {
            released = true;
            selector.wakeup();
        }

        private boolean fits(String line) {
            return !released && request.test(line);
        }

        /** Waits; tells whether the client is still there. */
        private synchronized boolean isReleased(SocketChannel client) throws IOException {
            client.configureBlocking(false);
            SelectionKey key = client.register(selector, SelectionKey.OP_READ);
            reached.countDown();
            while (!released) {
                selector.select();
                if (!released && key.isReadable() && client.read(ByteBuffer.allocate(1)) < 0) {
                    return false;
                }
                selector.selectedKeys().clear();
            }
            if (client.read(ByteBuffer.allocate(1)) < 0) {
                return false; // it left just before the release
            }
            key.cancel();
            selector.selectNow();
            client.configureBlocking(true);
            return true;
        }
    }
}
