// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchSpecTest {

    @Test
    void of_port_isReplacedInCommandAndEnvironment() {
        LaunchSpec spec = of(Map.of(
                "command", List.of("app", "--port={port}", "{port}:{port}"), "environment", Map.of("PORT", "{port}")));

        assertThat(spec.usesPort()).isTrue();
        assertThat(spec.command(80)).containsExactly("app", "--port=80", "80:80");
        assertThat(spec.environment(80)).containsExactly(Map.entry("PORT", "80"));
    }

    @Test
    void of_portInEnvironmentOnly_isUsed() {
        assertThat(of(Map.of("command", List.of("app"), "environment", Map.of("PORT", "{port}")))
                        .usesPort())
                .isTrue();
        assertThat(of(Map.of("command", List.of("app"))).usesPort()).isFalse();
    }

    @Test
    void of_unknownKey_isRefusedWithTheNearest() {
        assertThatThrownBy(() -> of(Map.of("command", List.of("app"), "enviroment", Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessage("services.app.process.enviroment: unknown key (did you mean: environment)");
    }

    @Test
    void of_listener_isOwnUnlessAnyIsAllowed() {
        assertThat(of(Map.of("command", List.of("app"))).listensItself()).isTrue();
        assertThat(of(Map.of("command", List.of("app"), "listener", "own")).listensItself())
                .isTrue();
        assertThat(of(Map.of("command", List.of("app"), "listener", "any")).listensItself())
                .isFalse();
        assertThatThrownBy(() -> of(Map.of("command", List.of("app"), "listener", "none")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("services.app.process.listener: none (expected: own or any)");
    }

    @Test
    void of_commandMissingOrBlank_isRefused() {
        assertThatThrownBy(() -> of(Map.of())).hasMessageStartingWith("services.app.process.command: missing");
        assertThatThrownBy(() -> of(Map.of("command", List.of(" "))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("services.app.process.command: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A=B", "LAZYSTART_RUN"})
    void of_nameThatCannotBeSet_isRefused(String name) {
        assertThatThrownBy(() -> of(Map.of("command", List.of("app"), "environment", Map.of(name, "x"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("services.app.process.environment." + name);
    }

    @Test
    void workingDirectory_aFile_isRefused(@TempDir Path folder) throws Exception {
        String file = Files.createFile(folder.resolve("file")).toString();

        assertThatThrownBy(() ->
                        of(Map.of("command", List.of("app"), "directory", file)).workingDirectory())
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining(file);
    }

    @Test
    void toString_hidesWhatMayBeSecret() {
        LaunchSpec spec =
                of(Map.of("command", List.of("app", "--token=secret"), "environment", Map.of("TOKEN", "secret")));

        assertThat(spec.toString()).contains("app", "TOKEN").doesNotContain("secret");
    }

    private static LaunchSpec of(Map<String, Object> values) {
        return LaunchSpec.of(new Settings("services.app.process", values));
    }
}
