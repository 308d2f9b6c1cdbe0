// SPDX-License-Identifier: Apache-2.0
package io.lazystart.failure;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A configuration that is refused. The message reads {@code [file:line:] path: value (expected: …)}. */
public final class ConfigException extends LazyStartException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Keys joined by dots; empty for the whole file. */
    private final String path;

    /**
     * Creates a refusal of one value.
     *
     * @param path where the value stands, such as {@code services.notes.idle-timeout}; not null
     * @param problem the value and what was expected instead; not null
     */
    public ConfigException(String path, String problem) {
        this(null, path, problem, null);
    }

    /**
     * Creates a refusal of one value in a file.
     *
     * @param location file and line, such as {@code gateway.yaml:12}, or null for a value given in code
     * @param path where the value stands, such as {@code services.notes.idle-timeout}; empty for the whole file
     * @param problem the value and what was expected instead; not null
     * @param cause what led to it, or null
     */
    public ConfigException(@Nullable String location, String path, String problem, @Nullable Throwable cause) {
        super((location == null ? "" : location + ": ") + (path.isEmpty() ? "" : path + ": ") + problem, cause);
        this.path = path;
    }

    /**
     * Tells where the refused value stands.
     *
     * @return the path, keys joined by dots; empty for the whole file
     */
    public String path() {
        return path;
    }
}
