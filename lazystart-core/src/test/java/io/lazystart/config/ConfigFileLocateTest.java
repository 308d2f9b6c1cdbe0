// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConfigFileLocateTest {
    private static final String YAML = """
            services:
              a.b:
                process:
                  command:
                    - java
                    - ${SECRET}
                  environment:
                    TOKEN: ${SECRET}
            """;

    @TempDir
    Path directory;

    private ConfigFile file;

    @BeforeEach
    void read() {
        file = ConfigFiles.yaml(directory, YAML, Map.of("SECRET", "hunter2"));
    }

    static Stream<Arguments> paths() {
        return Stream.of(
                arguments("services.a.b.process.command[1]", 6),
                arguments("services.a.b.process.command[7]", 4),
                arguments("services.a.b.process.directory", 3),
                arguments("services.a.b.process.environment.TOKEN", 8),
                arguments("services.a.b.stop.method", 2),
                arguments("services.other", 1),
                arguments("nowhere", 1));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void locate_path_hasLineOfNearestKey(String path, int line) {
        ConfigException located = file.locate(new ConfigException(path, "x (expected: y)"));

        assertThat(located)
                .hasMessage(directory.resolve("gateway.yaml") + ":" + line + ": " + path + ": x (expected: y)");
        assertThat(located.path()).isEqualTo(path);
    }

    @Test
    void locate_wholeFile_hasNoLine() {
        ConfigException located = file.locate(new ConfigException("", "x (expected: y)"));

        assertThat(located).hasMessage(directory.resolve("gateway.yaml") + ": x (expected: y)");
    }

    @Test
    void locate_twice_changesNothing() {
        ConfigException once = file.locate(new ConfigException("services.a.b", "x"));

        assertThat(file.locate(once)).isSameAs(once);
    }

    @Test
    void locate_providerShowsExpandedValue_isShownAsWritten() {
        Map<String, Object> settings =
                file.config().services().get("a.b").unit().settings();
        ConfigException refused = Assertions.catchThrowableOfType(
                ConfigException.class, () -> new Settings("services.a.b.process", settings).string("command"));

        ConfigException located = file.locate(refused);

        assertThat(located)
                .hasMessage(directory.resolve("gateway.yaml")
                        + ":4: services.a.b.process.command: [java, ${SECRET}] (expected: a text)")
                .hasNoCause();
    }
}
