// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.ProviderException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a container wrote last. */
final class LastLines {
    static final int LINES = 10;

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_LINE = 500;
    private static final int HEADER_REST = 3;

    private static final Logger LOG = LoggerFactory.getLogger(LastLines.class);
    private static final int OK = 200;

    private LastLines() {}

    /**
     * Asks for the last lines of a log.
     *
     * @param path of what wrote it
     * @param since what else is said of it, to be added to a query
     * @param terminal whether it was written to one
     * @return as {@link #read}; none where the engine does not keep it, or cannot be asked
     */
    static List<String> of(Engine engine, String path, String since, boolean terminal) throws InterruptedException {
        try {
            return engine.read(
                    path + "/logs?stdout=1&stderr=1&tail=" + LINES + since,
                    (status, body) -> status == OK ? read(body, terminal) : List.of());
        } catch (ProviderException unreadable) {
            LOG.debug("{}: {}", path, unreadable.getMessage());
            return List.of();
        }
    }

    /**
     * Reads lines.
     *
     * @param log as the engine sends it
     * @param terminal whether it has one: then there are no frames around what it wrote
     * @return at most {@link #LINES}, oldest first
     */
    static List<String> read(InputStream log, boolean terminal) throws IOException {
        Tail tail = new Tail();
        if (terminal) {
            log.transferTo(tail);
        } else {
            unframe(log, tail);
        }
        List<String> lines = tail.text()
                .lines()
                .map(LastLines::shortened)
                .filter(line -> !line.isBlank())
                .toList();
        return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    }

    /** Each frame is a byte for the stream, three that mean nothing, and the length of what follows. */
    private static void unframe(InputStream log, Tail tail) throws IOException {
        DataInputStream frames = new DataInputStream(log);
        while (frames.read() >= 0) {
            try {
                frames.skipNBytes(HEADER_REST);
                copy(frames, Integer.toUnsignedLong(frames.readInt()), tail);
            } catch (EOFException cut) {
                return;
            }
        }
    }

    /** Piece by piece, as a length may be anything. */
    private static void copy(InputStream from, long length, Tail tail) throws IOException {
        long left = length;
        while (left > 0) {
            byte[] piece = from.readNBytes((int) Math.min(left, MAX_BYTES));
            if (piece.length == 0) {
                return;
            }
            tail.writeBytes(piece);
            left -= piece.length;
        }
    }

    private static String shortened(String line) {
        String text = line.stripTrailing();
        return text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "…" : text;
    }

    /** The end of what is written to it, in pieces of no more than that. */
    private static final class Tail extends ByteArrayOutputStream {
        private boolean cut;

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            if (count > 2 * MAX_BYTES) {
                drop(count - MAX_BYTES);
            }
        }

        /** A line whose beginning is lost is told only where there is no other. */
        synchronized String text() {
            drop(Math.max(0, count - MAX_BYTES));
            String text = toString(StandardCharsets.UTF_8);
            int second = text.indexOf('\n') + 1;
            return cut && second < text.length() ? text.substring(second) : text;
        }

        private void drop(int bytes) {
            cut |= bytes > 0;
            count -= bytes;
            System.arraycopy(buf, bytes, buf, 0, count);
        }
    }
}
