// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.failure.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for a state directory while a configuration is checked. It lies within the real one, so that one which cannot be
 * written is found out, and a host that runs on the real one is not disturbed. Nothing is made unless a provider makes
 * it; all of that, and the parents that were not there before, is gone afterwards.
 */
final class ScratchDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ScratchDirectory.class);

    private final Path real;
    private final Path path;

    /** Parents that were not there before, the lowest first. */
    private final List<Path> missing = new ArrayList<>();

    ScratchDirectory(Path stateDirectory) {
        real = stateDirectory;
        path = stateDirectory.toAbsolutePath().normalize().resolve("check-" + UUID.randomUUID());
        Path parent = path.getParent();
        while (parent != null && !Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
            missing.add(parent);
            parent = parent.getParent();
        }
    }

    Path path() {
        return path;
    }

    /** The refusal in the words of the real directory. */
    ConfigException translated(ConfigException refused) {
        String message = String.valueOf(refused.getMessage());
        if (!message.contains(path.toString())) {
            return refused;
        }
        String problem = message.startsWith(refused.path() + ": ")
                ? message.substring(refused.path().length() + 2)
                : message;
        return new ConfigException(
                null, refused.path(), problem.replace(path.toString(), real.toString()), refused.getCause());
    }

    @Override
    public void close() {
        try {
            if (Files.exists(path)) {
                deleteAll();
            }
            for (Path parent : missing) {
                Files.deleteIfExists(parent); // fails if a host has begun to use it
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("left behind by a check: {}", path, e);
        }
    }

    private void deleteAll() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
