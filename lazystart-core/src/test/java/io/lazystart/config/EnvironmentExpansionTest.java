// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lazystart.failure.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class EnvironmentExpansionTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("NAME", "value", "EMPTY", "", "NESTED", "${NAME}", "SECRET", "hunter2", "DOLLAR", "$1\\");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${NAME}            | value",
                "a${NAME}b${NAME}   | avaluebvalue",
                "${NAME:-other}     | value",
                "${NONE:-other}     | other",
                "${NONE:-}          | ''",
                "${EMPTY}           | ''",
                "${EMPTY:-other}    | other",
                "${NONE:-a b/c:d}   | a b/c:d",
                "$${NAME}           | ${NAME}",
                "$$${NAME}          | $${NAME}",
                "${NESTED}          | ${NAME}",
                "${DOLLAR}          | $1\\",
                "$NAME {port} $     | $NAME {port} $"
            })
    void read_variable_isExpandedOnce(String written, String expected) {
        assertThat(setting("'" + written + "'")).isEqualTo(expected);
    }

    @Test
    void read_variablesInListsMapsAndOwnKeys_areExpanded() {
        ServiceConfig service = ConfigFiles.yaml(directory, """
                        services:
                          a:
                            kettle: {list: ['${NAME}'], map: {k: '${NAME}'}}
                            hosts: ['${NAME}.localhost']
                            idle-timeout: ${IDLE:-7s}
                            page-status: ${STATUS:-200}
                            strip-prefix: ${STRIP:-true}
                        """, ENVIRONMENT)
                .config()
                .services()
                .get("a");

        assertThat(service)
                .isEqualTo(new ServiceConfigBuilder()
                        .unit("kettle", Map.of("list", List.of("value"), "map", Map.of("k", "value")))
                        .hosts("value.localhost")
                        .idleTimeout(Duration.ofSeconds(7))
                        .pageStatus(200)
                        .stripPrefix(true)
                        .build("a"));
    }

    @Test
    void read_variableAsKey_isNotExpanded() {
        Map<String, Object> settings = ConfigFiles.yaml(
                        directory, "services: {a: {kettle: {'${NAME}': x}}}", ENVIRONMENT)
                .config()
                .services()
                .get("a")
                .unit()
                .settings();

        assertThat(settings).containsOnlyKeys("${NAME}");
    }

    static Stream<Arguments> broken() {
        String syntax = " (expected: ${NAME} or ${NAME:-default}; write $${ for a plain ${)";
        return Stream.of(
                arguments(
                        "${NONE}",
                        "${NONE} (expected: the environment variable NONE to be set, or a default as in ${NONE:-default})"),
                arguments("${}", "${}" + syntax),
                arguments("a ${NA ME}", "a ${NA ME}" + syntax),
                arguments("${1}", "${1}" + syntax),
                arguments("${NAME", "${NAME" + syntax),
                arguments("${NAME-x}", "${NAME-x}" + syntax));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void read_brokenVariable_isRefused(String written, String message) {
        assertThatThrownBy(() -> setting("'" + written + "'"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(directory.resolve("gateway.yaml") + ":1: services.a.kettle.x: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "idle-timeout: '${SECRET}'   | idle-timeout: ${SECRET} (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M, or never)",
                "hosts: ['${SECRET}:1']      | hosts[0]: ${SECRET}:1 (expected: a host name without port, such as notes.localhost)",
                "start-endpoint: '${SECRET}' | start-endpoint: ${SECRET} (expected: a path such as /login, without a query)",
                "kettle: '${SECRET}'         | kettle: a second provider (expected: exactly one, and process is there)"
            })
    void read_wrongValueFromEnvironment_isShownAsWritten(String line, String message) {
        assertThatThrownBy(() -> ConfigFiles.yaml(
                        directory, "services:\n  a:\n    process: {}\n    " + line + "\n", ENVIRONMENT))
                .isInstanceOf(ConfigException.class)
                .hasMessage(directory.resolve("gateway.yaml") + ":4: services.a." + message);
    }

    @Test
    void read_duplicateRouteFromEnvironment_isShownAsWritten() {
        assertThatThrownBy(() -> ConfigFiles.yaml(
                        directory,
                        "services: {a: {process: {}, hosts: ['${SECRET}']}, b: {process: {}, hosts: ['${SECRET}']}}",
                        ENVIRONMENT))
                .hasMessageContaining("${SECRET}/")
                .hasMessageNotContaining("hunter2");
    }

    private Object setting(String written) {
        return ConfigFiles.yaml(directory, "services: {a: {kettle: {x: " + written + "}}}", ENVIRONMENT)
                .config()
                .services()
                .get("a")
                .unit()
                .settings()
                .get("x");
    }
}
