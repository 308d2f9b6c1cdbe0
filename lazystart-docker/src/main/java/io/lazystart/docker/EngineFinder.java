// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which engine is meant, as the {@code docker} command does: what the settings say, or else the environment, or
 * else the context in use, or else the first socket that is there.
 */
final class EngineFinder {
    private static final Path DEFAULT_SOCKET = Path.of("/var/run/docker.sock");

    private final Map<String, String> environment;
    private final Path home;
    private final Predicate<Path> exists;

    EngineFinder(Map<String, String> environment, Path home, Predicate<Path> exists) {
        this.environment = environment;
        this.home = home;
        this.exists = exists;
    }

    static EngineFinder ofSystem() {
        return new EngineFinder(System.getenv(), Path.of(System.getProperty("user.home", "/")), Files::exists);
    }

    /**
     * Reads {@code host}, {@code tls} and {@code context}.
     *
     * @throws ConfigException if they are wrong, or what they or the environment lead to is
     */
    EngineAddress find(Settings settings) {
        String host = settings.string("host");
        String context = settings.string("context");
        TlsFiles tls = tls(settings);
        if (host != null && context != null) {
            throw settings.refuse("context", context + " (expected: host or context, not both)");
        }
        if (tls != null && host == null) {
            throw settings.refuse("tls", "given without a host (expected: host and tls)");
        }
        if (host != null) {
            return parsed(host, tls, settings, "host", "");
        }
        if (context != null) {
            return ofContext(context, settings, "");
        }
        return ofEnvironment(settings);
    }

    private @Nullable TlsFiles tls(Settings settings) {
        Settings given = settings.nested("tls");
        if (given == null) {
            return null;
        }
        Path ca = file(given, "ca");
        Path cert = file(given, "cert");
        Path key = file(given, "key");
        boolean verify = given.bool("verify", true);
        given.refuseUnknown();
        if (cert == null && key != null) {
            throw given.refuse("cert", "missing (expected: cert and key, or neither)");
        }
        if (cert != null && key == null) {
            throw given.refuse("key", "missing (expected: cert and key, or neither)");
        }
        return new TlsFiles(ca, cert, key, verify);
    }

    private @Nullable Path file(Settings settings, String key) {
        String text = settings.string(key);
        if (text == null) {
            return null;
        }
        Path file = text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
        if (!Files.isReadable(file)) {
            throw settings.refuse(key, text + " (expected: a PEM file that can be read)");
        }
        return file;
    }

    private EngineAddress ofEnvironment(Settings settings) {
        String host = given("DOCKER_HOST");
        if (host != null) {
            return parsed(host, environmentTls(host), settings, "host", "DOCKER_HOST: ");
        }
        DockerContexts contexts = contexts();
        String context = given("DOCKER_CONTEXT");
        if (context != null) {
            return ofContext(context, settings, "DOCKER_CONTEXT: ");
        }
        String current = contexts.current();
        if (current != null) {
            return ofContext(current, settings, contexts.config() + ": currentContext: ");
        }
        return EngineAddress.socket(
                sockets().stream().filter(exists).findFirst().orElse(DEFAULT_SOCKET));
    }

    private EngineAddress ofContext(String name, Settings settings, String source) {
        if (name.equals(DockerContexts.DEFAULT)) {
            return EngineAddress.socket(DEFAULT_SOCKET);
        }
        try {
            DockerContexts.Endpoint endpoint = contexts().endpoint(name);
            return EngineAddress.parse(endpoint.host(), endpoint.tls());
        } catch (IllegalArgumentException wrong) {
            throw new ConfigException(null, settings.path() + ".context", source + wrong.getMessage(), wrong);
        }
    }

    private EngineAddress parsed(String host, @Nullable TlsFiles tls, Settings settings, String key, String source) {
        try {
            return EngineAddress.parse(host, tls);
        } catch (IllegalArgumentException wrong) {
            throw new ConfigException(null, settings.path() + "." + key, source + wrong.getMessage(), wrong);
        }
    }

    /** The folder alone means a secured connection to an engine that is not verified, as it does for Docker itself. */
    private @Nullable TlsFiles environmentTls(String host) {
        boolean verify = given("DOCKER_TLS_VERIFY") != null;
        String folder = given("DOCKER_CERT_PATH");
        if (host.startsWith(EngineAddress.UNIX + ":") || (!verify && folder == null)) {
            return null;
        }
        return TlsFiles.in(folder == null ? dockerFolder() : Path.of(folder), verify);
    }

    private List<Path> sockets() {
        List<Path> sockets = new ArrayList<>();
        sockets.add(DEFAULT_SOCKET);
        String runtime = given("XDG_RUNTIME_DIR");
        if (runtime != null) {
            sockets.add(Path.of(runtime, "docker.sock"));
            sockets.add(Path.of(runtime, "podman", "podman.sock"));
        }
        sockets.add(Path.of("/run/podman/podman.sock"));
        return sockets;
    }

    private DockerContexts contexts() {
        return new DockerContexts(dockerFolder());
    }

    private Path dockerFolder() {
        String configured = given("DOCKER_CONFIG");
        return configured == null ? home.resolve(".docker") : Path.of(configured);
    }

    private @Nullable String given(String variable) {
        String value = environment.get(variable);
        return value == null || value.isBlank() ? null : value;
    }
}
