// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineFinderTest {
    /** SHA-256 of {@code lab}, by which Docker names the folder of a context. */
    private static final String LAB = "a51146d38077ff992eba84cf1d5e9b249073503eb74868699016153b031a38f7";

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Object> settings = new HashMap<>();
    private Set<Path> sockets = Set.of();

    @Test
    void nothingGiven_noSocketThere_isTheDefaultSocket() {
        assertThat(found()).hasToString("unix:///var/run/docker.sock");
        assertThat(found().isHere()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/var/run/docker.sock, /var/run/docker.sock",
        "/run/user/7/docker.sock, /run/user/7/docker.sock",
        "/run/user/7/podman/podman.sock, /run/user/7/podman/podman.sock",
        "/run/podman/podman.sock, /run/podman/podman.sock",
        "/run/user/7/podman/podman.sock /run/user/7/docker.sock, /run/user/7/docker.sock",
        "/run/user/7/docker.sock /var/run/docker.sock, /var/run/docker.sock",
    })
    void nothingGiven_isTheFirstSocketThatIsThere(String there, String expected) {
        environment.put("XDG_RUNTIME_DIR", "/run/user/7");
        sockets = Set.of(there.split(" ")).stream().map(Path::of).collect(Collectors.toSet());

        assertThat(found().socketPath()).isEqualTo(Path.of(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "unix:///run/my.sock, unix:///run/my.sock",
        "tcp://10.0.0.5, tcp://10.0.0.5:2375",
        "tcp://10.0.0.5:99, tcp://10.0.0.5:99",
        "http://engine:2375/, tcp://engine:2375",
        "http://gate/docker, tcp://gate:2375/docker",
        "https://engine, tcp://engine:2376",
        "tcp://[::1]:2375, tcp://[::1]:2375",
    })
    void host_isTaken(String host, String expected) {
        environment.put("DOCKER_HOST", "unix:///not/this.sock");
        settings.put("host", host);

        assertThat(found()).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"engine", "ssh://engine", "unix://", "unix://run/my.sock", "tcp://", "tcp:// x", "npipe:////x"})
    void host_wrong_isRefusedWithItsPath(String host) {
        settings.put("host", host);

        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigException.class)
                .hasMessage("providers.docker.host: " + host
                        + " (expected: unix:///path, tcp://host:port, http://host:port or https://host:port)");
    }

    @Test
    void host_andContext_areRefused() {
        settings.put("host", "tcp://engine");
        settings.put("context", "lab");

        assertThatThrownBy(this::found)
                .hasMessage("providers.docker.context: lab (expected: host or context, not both)");
    }

    @Test
    void tls_isTakenWithAHost() throws IOException {
        Path ca = Files.createFile(home.resolve("ca.pem"));
        settings.put("host", "tcp://engine");
        settings.put("tls", Map.of("ca", "~/ca.pem", "verify", false));

        assertThat(found()).hasToString("tcp://engine:2376");
        assertThat(found().tls()).isEqualTo(new TlsFiles(ca, null, null, false));
    }

    @Test
    void tls_wrong_isRefused() throws IOException {
        Path key = Files.createFile(home.resolve("key.pem"));

        settings.put("tls", Map.of());
        assertThatThrownBy(this::found)
                .hasMessage("providers.docker.tls: given without a host (expected: host and tls)");

        settings.put("host", "tcp://engine");
        settings.put("tls", Map.of("ca", "/no/such.pem"));
        assertThatThrownBy(this::found)
                .hasMessage("providers.docker.tls.ca: /no/such.pem (expected: a PEM file that can be read)");

        settings.put("tls", Map.of("key", key.toString()));
        assertThatThrownBy(this::found)
                .hasMessage("providers.docker.tls.cert: missing (expected: cert and key, or neither)");

        settings.put("tls", Map.of("cret", "x"));
        assertThatThrownBy(this::found).hasMessageContaining("providers.docker.tls.cret: unknown key");

        settings.put("host", "unix:///run/my.sock");
        settings.put("tls", Map.of());
        assertThatThrownBy(this::found)
                .hasMessageContaining("unix:///run/my.sock (expected: no tls with a socket of this machine)");
    }

    @Test
    void dockerHost_isTakenFromTheEnvironment() {
        environment.put("DOCKER_HOST", "tcp://engine");
        environment.put("DOCKER_CONTEXT", "lab");

        assertThat(found()).isEqualTo(EngineAddress.parse("tcp://engine:2375", null));
    }

    @Test
    void dockerHost_wrong_isNamed() {
        environment.put("DOCKER_HOST", "ssh://engine");

        assertThatThrownBy(this::found).hasMessageStartingWith("providers.docker.host: DOCKER_HOST: ssh://engine (");
    }

    @Test
    void dockerTlsVerify_readsTheFolderOfTheEnvironment() throws IOException {
        Path ca = Files.createFile(home.resolve("ca.pem"));
        environment.put("DOCKER_HOST", "tcp://engine");
        environment.put("DOCKER_TLS_VERIFY", "1");
        environment.put("DOCKER_CERT_PATH", home.toString());

        assertThat(found().tls()).isEqualTo(new TlsFiles(ca, null, null, true));

        environment.remove("DOCKER_TLS_VERIFY");
        assertThat(found().tls()).isEqualTo(new TlsFiles(ca, null, null, false));

        environment.put("DOCKER_HOST", "unix:///run/my.sock");
        assertThat(found().tls()).isNull();
    }

    @Test
    void context_isReadFromItsFile() throws IOException {
        context(
                "{\"Name\":\"lab\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://10.0.0.5:2376\",\"SkipTLSVerify\":true}}}");
        Path secrets = Files.createDirectories(home.resolve(".docker/contexts/tls/" + LAB + "/docker"));
        Path ca = Files.createFile(secrets.resolve("ca.pem"));
        settings.put("context", "lab");

        assertThat(found()).hasToString("tcp://10.0.0.5:2376");
        assertThat(found().tls()).isEqualTo(new TlsFiles(ca, null, null, false));
    }

    @Test
    void context_inUse_isTakenWithoutSettings() throws IOException {
        context("{\"Endpoints\":{\"docker\":{\"Host\":\"unix:///run/user/7/docker.sock\"}}}");
        Files.writeString(home.resolve(".docker/config.json"), "{\"currentContext\":\"lab\"}");
        sockets = Set.of(Path.of("/var/run/docker.sock"));

        assertThat(found()).hasToString("unix:///run/user/7/docker.sock");

        environment.put("DOCKER_CONTEXT", "default");
        assertThat(found()).hasToString("unix:///var/run/docker.sock");
    }

    @Test
    void context_folderOfTheEnvironment_isReadThere() throws IOException {
        context("{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://engine\"}}}");
        Files.move(home.resolve(".docker"), home.resolve("elsewhere"));
        environment.put("DOCKER_CONFIG", home.resolve("elsewhere").toString());
        environment.put("DOCKER_CONTEXT", "lab");

        assertThat(found()).hasToString("tcp://engine:2375");
    }

    @Test
    void context_unknownOrUnreadable_isRefused() throws IOException {
        settings.put("context", "lab");
        Path file = home.resolve(".docker/contexts/meta/" + LAB + "/meta.json");

        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "providers.docker.context: lab (expected: a context of the docker command; no " + file + ")");

        context("{");
        assertThatThrownBy(this::found)
                .hasMessage("providers.docker.context: lab (expected: a file that can be read: " + file + ")");

        context("{\"Endpoints\":{}}");
        assertThatThrownBy(this::found)
                .hasMessage(
                        "providers.docker.context: lab (expected: a context with a docker endpoint in " + file + ")");

        settings.remove("context");
        environment.put("DOCKER_CONTEXT", "other");
        assertThatThrownBy(this::found).hasMessageStartingWith("providers.docker.context: DOCKER_CONTEXT: other (");
    }

    @Test
    void config_garbled_isNoContext() throws IOException {
        Files.createDirectories(home.resolve(".docker"));
        Files.writeString(home.resolve(".docker/config.json"), "nonsense");

        assertThat(found()).hasToString("unix:///var/run/docker.sock");
    }

    private void context(String meta) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".docker/contexts/meta/" + LAB));
        Files.writeString(folder.resolve("meta.json"), meta);
    }

    private EngineAddress found() {
        return new EngineFinder(environment, home, path -> sockets.contains(path))
                .find(new Settings("providers.docker", settings));
    }
}
