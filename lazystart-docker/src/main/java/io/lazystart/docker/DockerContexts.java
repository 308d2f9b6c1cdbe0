// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The contexts that {@code docker context} keeps. */
final class DockerContexts {
    /** The context that has no file: the socket of this machine. */
    static final String DEFAULT = "default";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    /**
     * Looks into a folder.
     *
     * @param folder usually {@code ~/.docker}
     */
    DockerContexts(Path folder) {
        this.folder = folder;
    }

    /** What a context leads to. */
    record Endpoint(String host, @Nullable TlsFiles tls) {}

    /** The file that names the context in use. */
    Path config() {
        return folder.resolve("config.json");
    }

    /** The context in use, or null where none is named or nobody has used the command here. */
    @Nullable
    String current() {
        try {
            String current =
                    JSON.readTree(config().toFile()).path("currentContext").asText("");
            return current.isBlank() ? null : current;
        } catch (IOException none) {
            return null;
        }
    }

    /**
     * Reads a context.
     *
     * @throws IllegalArgumentException whose message names the context, if there is none, or it has no engine
     */
    Endpoint endpoint(String name) {
        String key = key(name);
        Path file = folder.resolve(Path.of("contexts", "meta", key, "meta.json"));
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(name + " (expected: a context of the docker command; no " + file + ")");
        }
        JsonNode docker;
        try {
            docker = JSON.readTree(file.toFile()).path("Endpoints").path("docker");
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(name + " (expected: a file that can be read: " + file + ")", unreadable);
        }
        String host = docker.path("Host").asText("");
        if (host.isBlank()) {
            throw new IllegalArgumentException(name + " (expected: a context with a docker endpoint in " + file + ")");
        }
        Path secrets = folder.resolve(Path.of("contexts", "tls", key, "docker"));
        boolean secured = !host.startsWith(EngineAddress.UNIX + ":") && Files.isDirectory(secrets);
        boolean verify = !docker.path("SkipTLSVerify").asBoolean(false);
        return new Endpoint(host, secured ? TlsFiles.in(secrets, verify) : null);
    }

    private static String key(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never); // every Java has it
        }
    }
}
