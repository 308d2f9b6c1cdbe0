// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lazystart.failure.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that cannot be read, or are no YAML or JSON of ours. */
final class UnreadableConfigFileTest {
    private static final String OR_NEVER = " (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M, or never)";

    @TempDir
    Path directory;

    static Stream<Arguments> garbage() {
        return Stream.of(
                arguments(
                        "services:\n\tnotes: {}\n",
                        ":2: while scanning for the next token, found character '\\t(TAB)' that cannot start any token. (Do not"
                                + " use \\t(TAB) for indentation) (expected: well-formed YAML)"),
                arguments(
                        "services:\n  a: {password: hunter2\n  b: c\n",
                        ":3: while parsing a flow mapping, expected ',' or '}', but got : (expected: well-formed YAML)"),
                arguments(
                        "services:\n  a: 'hunter2\n",
                        ":3: while scanning a quoted scalar, found unexpected end of stream (expected: well-formed YAML)"),
                arguments(
                        "services:\n  base: &b {process: {}}\n  notes: *b\n",
                        ":3: services.notes: an alias (expected: the value itself; shared values go into defaults)"),
                arguments(
                        "services:\n  a: {process: {x: !!binary aGk=}}\n",
                        ":2: services.a.process.x: binary data (expected: a text, number, boolean, list or map)"),
                arguments(
                        "services:\n  a: {process: {}}\n  a: {kettle: {}}\n",
                        ":3: services.a: duplicate key (expected: once; it stands in line 2 too)"));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void read_garbage_isRefusedInOneLineWithoutQuotingIt(String yaml, String message) {
        assertRefused(yaml, message);
    }

    static Stream<Arguments> json() {
        return Stream.of(
                arguments("", ": empty (expected: a map with the key services)"),
                arguments(
                        "{\n\"services\": {\"a\": hunter2}}", ":2: a text without quotes (expected: well-formed JSON)"),
                arguments(
                        "{\n\"services\": {\"a\": {}, \"a\": {}}}",
                        ":2: services.a: duplicate key (expected: once; it stands in line 2 too)"),
                arguments(
                        "{\"services\":\n {\"a\": {\"process\": {}, \"idle-timeout\": 900}}}",
                        ":2: services.a.idle-timeout: 900" + OR_NEVER));
    }

    @ParameterizedTest
    @MethodSource("json")
    void read_wrongJson_isRefused(String json, String message) {
        Path file = directory.resolve("gateway.json");

        assertThatThrownBy(() -> ConfigFiles.read(file, json, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + message);
    }

    @Test
    void read_absentFile_isRefused() {
        assertFileRefused(directory.resolve("none.yaml"), ": no such file (expected: a readable file)");
    }

    @Test
    void read_directory_isRefused() throws IOException {
        Path file = Files.createDirectory(directory.resolve("d.yaml"));

        assertFileRefused(file, ": cannot be read: Is a directory (expected: a readable file)");
    }

    @Test
    void read_otherEnding_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("gateway.toml"), "");

        assertFileRefused(file, ": unknown format (expected: a file whose name ends in .yaml, .yml or .json)");
    }

    @Test
    void read_notUtf8_isRefused() throws IOException {
        Path file = Files.write(directory.resolve("gateway.yml"), new byte[] {'a', ':', ' ', (byte) 0xff});

        assertFileRefused(file, ": not UTF-8 (expected: a text file in UTF-8)");
    }

    private void assertFileRefused(Path file, String message) {
        assertThatThrownBy(() -> ConfigFile.read(file, List.of("process"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + message);
    }

    private void assertRefused(String yaml, String message) {
        assertThatThrownBy(() -> ConfigFiles.yaml(directory, yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessage(directory.resolve("gateway.yaml") + message);
    }
}
