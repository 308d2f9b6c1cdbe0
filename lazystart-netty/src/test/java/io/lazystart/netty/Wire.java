// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A socket whose two ends speak in bytes, so that framing is seen as it is. Used as client and as upstream. */
final class Wire implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private Head trailers = new Head(List.of());

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static Wire to(InetSocketAddress address) throws IOException {
        return new Wire(new Socket(address.getAddress(), address.getPort()));
    }

    /** A head as it stands on the wire. */
    static String message(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    Socket socket() {
        return socket;
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads a head: start line and headers, without the empty line at its end. */
    Head head() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        return new Head(lines);
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("end after: " + line);
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new IOException("line without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
    }

    byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("end after " + bytes.length + " of " + count);
        }
        return bytes;
    }

    String text(int count) throws IOException {
        return new String(bytes(count), StandardCharsets.ISO_8859_1);
    }

    /** Reads a body as its head frames it. */
    byte[] body(Head head) throws IOException {
        if ("chunked".equals(head.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(bytes(size));
                line();
            }
            trailers = head();
            return body.toByteArray();
        }
        String length = head.get("content-length");
        return length == null ? new byte[0] : bytes(Integer.parseInt(length));
    }

    /** The trailers of the chunked body read last. */
    Head trailers() {
        return trailers;
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    String textBody(Head head) throws IOException {
        return new String(body(head), StandardCharsets.ISO_8859_1);
    }

    /** Reads to the end of the other side's output. */
    byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    boolean ended() throws IOException {
        return in.read() < 0;
    }

    /** Waits for the other side to end the connection, by an end or a reset; what comes before is dropped. */
    void awaitEnd() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // a reset is an end too
        }
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves with a reset, as a client does that is killed or has unread input. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Start line and headers, byte for byte. */
    record Head(List<String> lines) {
        String start() {
            return lines.get(0);
        }

        int status() {
            return Integer.parseInt(start().split(" ", 3)[1]);
        }

        String get(String name) {
            List<String> values = all(name);
            return values.isEmpty() ? null : values.get(0);
        }

        List<String> all(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return lines.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .toList();
        }
    }
}
