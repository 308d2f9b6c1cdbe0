// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Configuration files that are replaced as a whole, as editors and deployments do. */
final class ConfigFiles {
    private ConfigFiles() {}

    /** Writes the file of a directory, whose state lies there too; {@code services} are indented. */
    static Path write(Path directory, String services) throws IOException {
        Path file = directory.resolve("lazystart.yaml");
        Path next = directory.resolve("next.yaml");
        Files.writeString(next, "state-directory: " + directory.resolve("state") + "\nservices:\n" + services);
        return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
