// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Passes on what lazystart asks of an engine, and notes when a start was asked for and when it was answered. Each request
 * comes on a connection of its own.
 */
final class EngineRelay implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final Path engine;
    private final Path socket;
    private final ServerSocketChannel server;
    private volatile long startAskedNanos;
    private volatile long startAnsweredNanos;

    private EngineRelay(Path engine, Path socket, ServerSocketChannel server) {
        this.engine = engine;
        this.socket = socket;
        this.server = server;
    }

    /** Listens at a socket that is not there yet. */
    static EngineRelay open(Path engine, Path socket) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        EngineRelay relay = new EngineRelay(engine, socket, server);
        inBackground(relay::accept);
        return relay;
    }

    /** The monotonic clock when the last start was passed on. */
    long startAskedNanos() {
        return startAskedNanos;
    }

    /** The monotonic clock when the answer to it came. */
    long startAnsweredNanos() {
        return startAnsweredNanos;
    }

    private void accept() throws IOException {
        while (true) {
            SocketChannel client = server.accept();
            inBackground(() -> relay(client));
        }
    }

    private void relay(SocketChannel client) throws IOException {
        try (client;
                SocketChannel upstream = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
            ByteBuffer request = ByteBuffer.allocate(BUFFER);
            client.read(request);
            request.flip();
            boolean start = StandardCharsets.US_ASCII
                    .decode(request.duplicate())
                    .toString()
                    .contains("/start HTTP/1.1");
            if (start) {
                startAskedNanos = System.nanoTime();
            }
            upstream.write(request);
            inBackground(() -> pass(client, upstream));
            ByteBuffer answer = ByteBuffer.allocate(BUFFER);
            int read = upstream.read(answer);
            if (start) {
                startAnsweredNanos = System.nanoTime();
            }
            if (read > 0) {
                client.write(answer.flip());
                pass(upstream, client);
            }
        }
    }

    private static void pass(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (from.read(buffer) >= 0) {
            to.write(buffer.flip());
            buffer.clear();
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void inBackground(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException closed) {
                        // one of the two has ended the connection, or the relay was closed
                    }
                },
                "engine-relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }
}
