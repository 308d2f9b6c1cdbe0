// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A real program that some tests run against, and how to tell that it is there. */
public enum Peer {
    /** The browser, where Debian puts it. */
    CHROMIUM("chromium") {
        @Override
        Optional<String> absence(String searchPath) {
            return executable(Path.of("/usr/bin/chromium"));
        }
    },

    /** The Docker engine on its default socket, and the static program that test images are made of. */
    DOCKER("docker") {
        private static final Path SOCKET = Path.of("/var/run/docker.sock");

        @Override
        Optional<String> absence(String searchPath) {
            return onPath("busybox", searchPath).or(() -> listener(SOCKET));
        }
    },

    /** The tool that starts a process in a session of its own, anywhere on the search path. */
    SETSID("setsid") {
        @Override
        Optional<String> absence(String searchPath) {
            return onPath("setsid", searchPath);
        }
    };

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /**
     * The name that {@link RequiresPeer} and {@code -Dlazystart.require} use.
     *
     * @return a lower-case word
     */
    public String label() {
        return label;
    }

    /**
     * Says why this peer cannot be used here.
     *
     * @return the reason in a few words, or empty when the peer is there
     */
    public Optional<String> absence() {
        return absence(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    /**
     * Finds a peer by its name.
     *
     * @param label the name, in lower case
     * @return the peer of that name
     * @throws IllegalArgumentException if there is none
     */
    public static Peer named(String label) {
        return Arrays.stream(values())
                .filter(peer -> peer.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("peer: " + label + " (expected: one of "
                        + Arrays.stream(values()).map(Peer::label).collect(Collectors.joining(", ")) + ")"));
    }

    abstract Optional<String> absence(String searchPath);

    static Optional<String> executable(Path file) {
        return Files.isExecutable(file) ? Optional.empty() : Optional.of("no executable " + file);
    }

    static Optional<String> listener(Path socket) {
        try (SocketChannel connected = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return connected.isConnected() ? Optional.empty() : Optional.of("no listener on " + socket);
        } catch (IOException refused) {
            return Optional.of("no listener on " + socket + ": " + refused.getMessage());
        }
    }

    static Optional<String> onPath(String command, String searchPath) {
        boolean found = Arrays.stream(searchPath.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
        return found ? Optional.empty() : Optional.of("no " + command + " on PATH");
    }
}
