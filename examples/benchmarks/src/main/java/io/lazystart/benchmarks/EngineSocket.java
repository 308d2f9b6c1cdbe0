// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The engine's own language with nothing between: what a call costs that lazystart could not do without. */
record EngineSocket(Path socket) {
    /** Of the engine of this machine. */
    static final Path PATH = Path.of("/var/run/docker.sock");

    /** Makes a call without a body and returns how long it took, in nanoseconds, until the head of the answer was there. */
    long post(String path) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: engine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        long began = System.nanoTime();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            String answer = head(channel);
            long took = System.nanoTime() - began;
            if (!answer.startsWith("HTTP/1.1 204")) {
                throw new IOException("POST " + path + ": " + answer.strip());
            }
            return took;
        }
    }

    private static String head(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        while (true) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the engine closed the connection");
            }
            String read = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
            if (read.contains("\r\n\r\n")) {
                return read;
            }
        }
    }
}
