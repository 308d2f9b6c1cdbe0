// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.ProviderException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the file of a command before it is started, as the operating system would: its own message names no path. */
final class Executables {
    private static final boolean WINDOWS = File.separatorChar == '\\';
    private static final String USUAL_PATH = WINDOWS ? "" : "/usr/local/bin:/usr/bin:/bin";

    private Executables() {}

    /**
     * Finds the program of a command.
     *
     * @param name a name to look for in the path, or a path relative to the directory
     * @param path folders to look in; null for the usual ones
     * @return absolute
     * @throws ProviderException if there is none that can be executed
     */
    static Path find(String name, Path directory, @Nullable String path) {
        String folders = path == null ? USUAL_PATH : path;
        boolean named = name.indexOf('/') < 0 && name.indexOf(File.separatorChar) < 0;
        List<Path> candidates = named ? inPath(name, directory, folders) : withEndings(directory, name);
        Path refused = null;
        for (Path candidate : candidates) {
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate.toAbsolutePath();
            }
            refused = refused == null && Files.exists(candidate) ? candidate : refused;
        }
        if (refused != null) {
            throw missing(name, "a file that may be executed, which " + refused + " may not");
        }
        throw missing(name, named ? "a program in one of " + folders : "an existing file, seen from " + directory);
    }

    /** Finds a program of the system; null if there is none. */
    static @Nullable Path findOrNull(String name) {
        try {
            return find(name, Path.of("").toAbsolutePath(), System.getenv("PATH"));
        } catch (ProviderException none) {
            return null;
        }
    }

    private static List<Path> inPath(String name, Path directory, String folders) {
        return Arrays.stream(folders.split(File.pathSeparator, -1))
                .flatMap(folder -> resolve(directory, folder).stream())
                .flatMap(folder -> withEndings(folder, name).stream())
                .toList();
    }

    /** An entry that is no path at all is passed over: the others may be good. */
    private static Optional<Path> resolve(Path directory, String folder) {
        try {
            return Optional.of(directory.resolve(folder));
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
    }

    private static List<Path> withEndings(Path folder, String name) {
        try {
            List<Path> candidates = new ArrayList<>(List.of(folder.resolve(name)));
            if (WINDOWS && !name.toLowerCase(Locale.ROOT).matches(".*\\.(exe|com|bat|cmd)")) {
                List.of(".exe", ".com", ".bat", ".cmd")
                        .forEach(ending -> candidates.add(folder.resolve(name + ending)));
            }
            return candidates;
        } catch (InvalidPathException noPath) {
            throw missing(name, "a path");
        }
    }

    private static ProviderException missing(String name, String expected) {
        return new ProviderException("command: " + name + " (expected: " + expected + ")", null, null);
    }
}
