// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record of one service's current run, in a folder of its own. Not thread-safe. */
final class RunStore {
    private static final Logger LOG = LoggerFactory.getLogger(RunStore.class);

    private final Path folder;
    private final Path file;

    RunStore(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("run.json");
    }

    /**
     * Reads the record. One that cannot be understood is set aside.
     *
     * @return null if there is none
     * @throws IOException if there may be one but it cannot be read
     */
    @Nullable
    RunRecord load() throws IOException {
        byte[] json = read();
        if (json == null) {
            return null;
        }
        try {
            return RunRecord.fromJson(json);
        } catch (IOException corrupt) {
            Path aside = folder.resolve("run.corrupt.json");
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.warn("{} is set aside as {}; what it told of may still run", file, aside.getFileName(), corrupt);
            return null;
        }
    }

    /** Replaces the record: after a crash at any point either the old one or the new one is there, whole. */
    void save(RunRecord run) throws IOException {
        PrivateFiles.createFolder(folder);
        Path fresh = folder.resolve("run.json.new");
        PrivateFiles.createFile(fresh);
        // Not by a channel: an interrupt would leave a process behind that is not recorded.
        try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
            out.write(run.toJson());
            out.getFD().sync();
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private byte @Nullable [] read() throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        } catch (FileNotFoundException missing) {
            if (Files.exists(file)) {
                throw missing;
            }
            return null;
        }
    }
}
