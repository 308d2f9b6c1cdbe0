// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.files.PrivateFiles;
import io.lazystart.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record of one service's current run, in a folder of its own. Not thread-safe. */
final class RunStore {
    private static final Logger LOG = LoggerFactory.getLogger(RunStore.class);

    private static final String NAME = "run.json";

    private final Path folder;
    private final WholeFile file;

    RunStore(Path folder) {
        this.folder = folder;
        this.file = new WholeFile(folder.resolve(NAME), ""); // the state directory is locked: nobody else writes
    }

    /** Whether there is a record in a service's folder. */
    static boolean present(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    /**
     * Reads the record. One that cannot be understood is set aside.
     *
     * @return null if there is none
     * @throws IOException if there may be one but it cannot be read
     */
    @Nullable
    RunRecord load() throws IOException {
        byte[] json = file.read();
        if (json == null) {
            return null;
        }
        try {
            return RunRecord.fromJson(json);
        } catch (IOException corrupt) {
            Path aside = file.setAside();
            LOG.warn("{} is set aside as {}; what it told of may still run", file.path(), aside.getFileName(), corrupt);
            return null;
        }
    }

    /** Replaces the record; an interrupt must not leave a process behind that is not recorded. */
    void save(RunRecord run) throws IOException {
        PrivateFiles.createFolder(folder);
        file.replace(run.toJson());
    }

    void delete() throws IOException {
        file.delete();
    }
}
