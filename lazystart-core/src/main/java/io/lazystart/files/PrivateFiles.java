// SPDX-License-Identifier: Apache-2.0
package io.lazystart.files;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that only their owner can read, where the file system knows owners: they may hold secrets. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /**
     * Makes a folder, and those above it that are missing. One that is there already is closed to others.
     *
     * @param folder which
     * @throws IOException if it cannot be made or closed
     */
    public static void createFolder(Path folder) throws IOException {
        if (!knowsOwners(folder)) {
            Files.createDirectories(folder);
        } else if (Files.isDirectory(folder)) {
            Files.setPosixFilePermissions(folder, FOLDER);
        } else {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        }
    }

    /**
     * Makes an empty file in place of the one that may be there.
     *
     * @param file which; its folder must exist
     * @throws IOException if it cannot be made
     */
    public static void createFile(Path file) throws IOException {
        Files.deleteIfExists(file);
        FileAttribute<?>[] attributes = knowsOwners(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
                : new FileAttribute<?>[0];
        Files.createFile(file, attributes);
    }

    private static boolean knowsOwners(Path path) throws IOException {
        Path there = path.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        FileStore store = Files.getFileStore(there);
        return store.supportsFileAttributeView(PosixFileAttributeView.class);
    }
}
