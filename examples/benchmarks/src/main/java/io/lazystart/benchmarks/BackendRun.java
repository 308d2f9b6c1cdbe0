// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the backend wrote down about one start.
 *
 * @param listeningNanos the machine's monotonic clock right after it began to listen
 * @param bootMillis how long that was after its process had been started
 */
record BackendRun(long listeningNanos, long bootMillis) {

    /** As it stands in the file. */
    String line() {
        return listeningNanos + " " + bootMillis + "\n";
    }

    /** All starts so far, in order. */
    static List<BackendRun> read(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(BackendRun::parse).toList()
                : List.of();
    }

    private static BackendRun parse(String line) {
        int space = line.indexOf(' ');
        return new BackendRun(Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1)));
    }
}
