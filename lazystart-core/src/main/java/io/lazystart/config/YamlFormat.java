// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;

/** The only class that needs the optional YAML library. */
final class YamlFormat implements FileFormat {
    private final YAMLFactory factory = new YAMLFactory();

    @Override
    public JsonParser open(String content) throws IOException {
        return factory.createParser(content);
    }

    @Override
    public boolean isAlias(JsonParser parser) {
        return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    }
}
