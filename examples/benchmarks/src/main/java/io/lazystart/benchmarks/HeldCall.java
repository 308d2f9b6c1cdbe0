// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A plain GET on a socket of its own. */
final class HeldCall implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final String target;

    private HeldCall(Socket socket, String target) {
        this.socket = socket;
        this.target = target;
    }

    /**
     * What came back.
     *
     * @param firstByteNanos the monotonic clock right after the first byte was read
     * @param right whether it was the 200 with the body that the backend gives for this target
     */
    record Answer(long firstByteNanos, boolean right) {}

    /** Sends the request; the target is what the answer's body has to be. */
    static HeldCall send(InetSocketAddress server, String target) throws IOException {
        return send(server, "benchmark.localhost", target);
    }

    /** Likewise, to a host by its name. */
    static HeldCall send(InetSocketAddress server, String host, String target) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(server, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            String head = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new HeldCall(socket, target);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Waits for the answer and reads it to its end. */
    Answer await() throws IOException {
        InputStream in = socket.getInputStream();
        int first = in.read();
        long firstByteNanos = System.nanoTime();
        if (first < 0) {
            throw new EOFException(target + ": the connection was closed without an answer");
        }
        String head = (char) first + head(in);
        byte[] body = in.readNBytes(length(head));
        return new Answer(
                firstByteNanos,
                head.startsWith("HTTP/1.1 200 ") && new String(body, StandardCharsets.US_ASCII).equals(target));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed within a head: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        for (String line : head.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return Integer.parseInt(line.substring(15).trim());
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
