// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes a configuration and reads it as the library would. */
final class ConfigFiles {
    private ConfigFiles() {}

    static ConfigFile yaml(Path directory, String content, Map<String, String> environment) {
        return read(directory.resolve("gateway.yaml"), content, environment);
    }

    static ConfigFile yaml(Path directory, String content) {
        return yaml(directory, content, Map.of());
    }

    static ConfigFile read(Path file, String content, Map<String, String> environment) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ConfigFile.read(file, List.of("process", "kettle"), environment);
    }
}
