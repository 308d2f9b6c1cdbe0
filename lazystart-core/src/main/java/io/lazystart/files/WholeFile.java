// SPDX-License-Identifier: Apache-2.0
package io.lazystart.files;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read and replaced as a whole: after a crash at any point either the old content or the new one is
 * there. Uses streams and no channels, which an interrupt of the thread would close. Not thread-safe.
 */
public final class WholeFile {
    private final Path file;
    private final Path fresh;

    /**
     * Names a file that need not exist.
     *
     * @param file which; its name has an ending
     * @param mark stands in the name of the copy that is being written; two that write the same file at the same time
     *     need different ones
     */
    public WholeFile(Path file, String mark) {
        this.file = file;
        this.fresh = file.resolveSibling(file.getFileName() + mark + ".new");
    }

    /**
     * Tells which file.
     *
     * @return its path
     */
    public Path path() {
        return file;
    }

    /**
     * Reads the file.
     *
     * @return its content; null if there is none
     * @throws IOException if there may be one but it cannot be read
     */
    public byte @Nullable [] read() throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        } catch (FileNotFoundException missing) {
            if (Files.exists(file)) {
                throw missing;
            }
            return null;
        }
    }

    /**
     * Replaces the content. The folder must exist.
     *
     * @param content the whole of it
     * @throws IOException if that cannot be done; then the old content is there
     */
    public void replace(byte[] content) throws IOException {
        try {
            PrivateFiles.createFile(fresh);
            try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
                out.write(content);
                out.getFD().sync();
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * Renames the file because what it says cannot be understood; what was set aside before is replaced.
     *
     * @return its path now, with {@code .corrupt} before the ending
     * @throws IOException if it cannot be renamed
     */
    public Path setAside() throws IOException {
        String name = file.getFileName().toString();
        int ending = name.lastIndexOf('.');
        Path aside = file.resolveSibling(name.substring(0, ending) + ".corrupt" + name.substring(ending));
        return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Removes the file if there is one.
     *
     * @throws IOException if it cannot be removed
     */
    public void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
