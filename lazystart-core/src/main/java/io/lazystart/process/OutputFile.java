// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.files.PrivateFiles;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a service's processes write. A file and no pipe: it outlives the host, and nobody has to read it for the service
 * to go on. Thread-safe.
 */
final class OutputFile {
    /** How many lines a failure tells. */
    static final int LINES = 50;

    /** How long one of them may be. */
    static final int LINE_LENGTH = 1_000;

    /** How long a file may become. */
    static final long LIMIT = 10L * 1024 * 1024;

    private static final int TAIL_BYTES = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(OutputFile.class);

    private final Path folder;
    private final Path file;
    private final Path earlier;

    OutputFile(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("output.log");
        this.earlier = folder.resolve("output.1.log");
    }

    Path path() {
        return file;
    }

    /** Begins an empty file, and keeps that of the run before as {@code output.1.log}. */
    synchronized void begin() throws IOException {
        PrivateFiles.createFolder(folder);
        if (Files.exists(file)) {
            Files.move(file, earlier, StandardCopyOption.REPLACE_EXISTING);
        }
        PrivateFiles.createFile(file);
    }

    /**
     * Cuts a file that has become too long, and keeps what it held last as {@code output.1.log}. The file stays the same
     * one, as processes have it open; they write to its end, wherever that is. What they write while it is cut is lost.
     */
    synchronized void cut() throws IOException {
        if (Files.notExists(file) || Files.size(file) <= LIMIT) {
            return;
        }
        try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
            long end = whole.length();
            PrivateFiles.createFile(earlier);
            byte[] last = new byte[TAIL_BYTES];
            try (FileOutputStream kept = new FileOutputStream(earlier.toFile())) {
                byte[] chunk = new byte[TAIL_BYTES];
                whole.seek(end - LIMIT);
                while (whole.getFilePointer() < end) { // not to its end, which may run away
                    kept.write(chunk, 0, whole.read(chunk, 0, (int)
                            Math.min(chunk.length, end - whole.getFilePointer())));
                }
            }
            whole.seek(Math.max(0, whole.length() - TAIL_BYTES));
            int read = whole.read(last);
            whole.setLength(0);
            // Back at the front, as a failure tells them; by an end like theirs, not over what they have written since.
            try (FileOutputStream front = new FileOutputStream(file.toFile(), true)) {
                front.write(last, 0, Math.max(0, read));
            }
            LOG.debug("{}: cut, as it had {} bytes", file, end);
        }
    }

    /** Reads the last lines, oldest first; empty where they cannot be read. */
    synchronized List<String> tail() {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long end = in.length(); // read once: somebody may be writing
            long from = Math.max(0, end - TAIL_BYTES);
            byte[] bytes = new byte[(int) (end - from)];
            in.seek(from);
            in.readFully(bytes);
            return lines(new String(bytes, StandardCharsets.UTF_8), from > 0);
        } catch (IOException failure) {
            LOG.debug("{}: the last lines cannot be read", file, failure);
            return List.of();
        }
    }

    private static List<String> lines(String text, boolean cutAtFront) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (cutAtFront && lines.size() > 1) {
            lines.remove(0);
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
        return last.stream().map(OutputFile::shorten).toList();
    }

    private static String shorten(String line) {
        return line.length() <= LINE_LENGTH ? line : line.substring(0, LINE_LENGTH - 1) + "…";
    }
}
