// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Locale;

/** Opens a parser for a file's content. */
interface FileFormat {
    JsonParser open(String content) throws IOException;

    /** Whether the current token stands for a value that was given elsewhere. */
    default boolean isAlias(JsonParser parser) {
        return false;
    }

    /** Finds the format by the end of the file's name. */
    static FileFormat of(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return content -> new JsonFactory().createParser(content);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return yaml();
        }
        throw new Refused(0, "", "unknown format (expected: a file whose name ends in .yaml, .yml or .json)");
    }

    private static FileFormat yaml() {
        try {
            return new YamlFormat();
        } catch (NoClassDefFoundError absent) {
            throw new Refused(
                    0,
                    "",
                    "YAML cannot be read (expected: com.fasterxml.jackson.dataformat:jackson-dataformat-yaml on the class"
                            + " path, or a .json file)");
        }
    }
}
