// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the status of an HTTP answer, past interim ones, and nothing behind it. */
final class StatusReader {
    /** The connection ended before a status came. */
    static final int CLOSED = -1;

    /** What came is no HTTP, or interim answers without end. */
    static final int STRANGE = -2;

    private static final int MOST_BYTES = 64 * 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[0-9] ([1-9][0-9]{2})(?: .*)?");

    private final Socket socket;
    private final InputStream in;
    private final Deadline deadline;
    private final byte[] buffer = new byte[1024];
    private int position;
    private int filled;
    private int total;

    StatusReader(Socket socket, Deadline deadline) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.deadline = deadline;
    }

    int finalStatus() throws IOException {
        while (true) {
            String line = line();
            if (line == null) {
                return total > MOST_BYTES ? STRANGE : CLOSED;
            }
            Matcher status = STATUS_LINE.matcher(line);
            if (!status.matches()) {
                return STRANGE;
            }
            int code = Integer.parseInt(status.group(1));
            if (code >= 200) {
                return code;
            }
            skipFields();
        }
    }

    private void skipFields() throws IOException {
        String line = line();
        while (line != null && !line.isEmpty()) {
            line = line();
        }
    }

    /** Reads a line without its end; null at the end of the stream or of patience. */
    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = read(); next >= 0; next = read()) {
            if (next == '\n') {
                int end = line.length() - 1;
                return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
            }
            line.append((char) next);
        }
        return null;
    }

    private int read() throws IOException {
        if (position == filled) {
            if (total > MOST_BYTES) {
                return -1;
            }
            socket.setSoTimeout(deadline.socketMillis(Long.MAX_VALUE));
            filled = in.read(buffer);
            position = 0;
            if (filled < 0) {
                filled = 0;
                return -1;
            }
            total += filled;
        }
        return buffer[position++] & 0xff;
    }
}
