// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine is.
 *
 * @param uri {@code unix:///path}, or {@code tcp://host:port}
 * @param tls what a connection is secured with, or null if it is not; null for a socket of this machine
 */
record EngineAddress(URI uri, @Nullable TlsFiles tls) {
    static final String UNIX = "unix";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int PLAIN_PORT = 2375;
    private static final int TLS_PORT = 2376;

    static EngineAddress socket(Path path) {
        return new EngineAddress(URI.create(UNIX + "://" + path), null);
    }

    /**
     * Reads an address as people write it.
     *
     * @throws IllegalArgumentException whose message goes behind the name of the place where it was written
     */
    static EngineAddress parse(String text, @Nullable TlsFiles tls) {
        URI uri = uri(text);
        String scheme = String.valueOf(uri.getScheme());
        return switch (scheme) {
            case UNIX -> socketOf(text, uri, tls);
            case "tcp", "http", "https" -> network(text, uri, scheme, tls);
            default -> throw wrong(text);
        };
    }

    /** The socket's path, or null for an engine that is reached by network. */
    @Nullable
    Path socketPath() {
        return UNIX.equals(uri.getScheme()) ? Path.of(uri.getPath()) : null;
    }

    /** Whether what listens on the engine's machine can be reached by the addresses that it has there. */
    boolean isHere() {
        return socketPath() != null || LOOPBACK.contains(uri.getHost());
    }

    /** What ports that are published on every address of the engine's machine are reached by. */
    String host() {
        return isHere()
                ? "127.0.0.1"
                : uri.getHost().replaceAll("[\\[\\]]", ""); // an IPv6 literal without its brackets
    }

    @Override
    public String toString() {
        return uri.toString();
    }

    private static URI uri(String text) {
        try {
            return URI.create(text.strip());
        } catch (IllegalArgumentException noUri) {
            throw wrong(text);
        }
    }

    private static EngineAddress socketOf(String text, URI uri, @Nullable TlsFiles tls) {
        if (uri.getPath() == null || !uri.getPath().startsWith("/") || uri.getAuthority() != null) {
            throw wrong(text);
        }
        if (tls != null) {
            throw new IllegalArgumentException(text + " (expected: no tls with a socket of this machine)");
        }
        return new EngineAddress(uri, null);
    }

    private static EngineAddress network(String text, URI uri, String scheme, @Nullable TlsFiles tls) {
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw wrong(text);
        }
        if (scheme.equals("http") && tls != null) {
            throw new IllegalArgumentException(text + " (expected: https or tcp, as tls is given)");
        }
        TlsFiles used = scheme.equals("https") && tls == null ? TlsFiles.NONE : tls;
        int port = uri.getPort() >= 0 ? uri.getPort() : used == null ? PLAIN_PORT : TLS_PORT;
        String path = uri.getRawPath() == null || uri.getRawPath().equals("/") ? "" : uri.getRawPath();
        return new EngineAddress(URI.create("tcp://" + uri.getHost() + ":" + port + path), used);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                text + " (expected: unix:///path, tcp://host:port, http://host:port or https://host:port)");
    }
}
