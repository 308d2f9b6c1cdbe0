// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads what a container wrote last. */
final class LastLines {
    static final int LINES = 10;

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_LINE = 500;
    private static final int HEADER_REST = 3;

    private LastLines() {}

    /**
     * Reads lines.
     *
     * @param log as the engine sends it
     * @param terminal whether it has one: then there are no frames around what it wrote
     * @return at most {@link #LINES}, oldest first
     */
    static List<String> read(InputStream log, boolean terminal) throws IOException {
        byte[] bytes = terminal ? log.readNBytes(MAX_BYTES) : unframed(log);
        List<String> lines = new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .map(LastLines::shortened)
                .filter(line -> !line.isBlank())
                .toList();
        return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    }

    /** Each frame is a byte for the stream, three that mean nothing, and the length of what follows. */
    private static byte[] unframed(InputStream log) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataInputStream frames = new DataInputStream(log);
        while (bytes.size() < MAX_BYTES && frames.read() >= 0) {
            try {
                frames.skipNBytes(HEADER_REST);
                int length = frames.readInt();
                bytes.write(frames.readNBytes(Math.max(0, Math.min(length, MAX_BYTES))));
            } catch (EOFException cut) {
                break;
            }
        }
        return bytes.toByteArray();
    }

    private static String shortened(String line) {
        String text = line.stripTrailing();
        return text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "…" : text;
    }
}
