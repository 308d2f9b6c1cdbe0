// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreachableTest {
    @TempDir
    private Path folder;

    @Test
    void socket_missing_saysSo() {
        Path socket = folder.resolve("docker.sock");

        assertThat(explained(socket, "No such file or directory"))
                .isEqualTo(socket + ": no such file (expected: a running engine)");
    }

    @Test
    void socket_nobodyListens_saysSo() throws Exception {
        Path socket = Files.createFile(folder.resolve("docker.sock"));

        assertThat(explained(socket, "Connection refused"))
                .isEqualTo(socket + ": nobody listens (expected: a running engine)");
    }

    @Test
    void socket_engineEnds_saysSo() throws Exception {
        Path socket = Files.createFile(folder.resolve("docker.sock"));

        assertThat(explained(socket, "localhost:2375 failed to respond"))
                .isEqualTo(socket + ": ended without an answer (expected: a running engine)");
    }

    @Test
    void socket_mayNotBeUsed_namesWhoMay() throws Exception {
        Path socket = Files.createFile(folder.resolve("docker.sock"));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        PosixFileAttributes owned = Files.readAttributes(socket, PosixFileAttributes.class);
        String owner = owned.owner().getName();
        String group = owned.group().getName();

        assertThat(explained(socket, "Permission denied"))
                .isEqualTo(socket + ": permission denied (owner " + owner + ":" + group
                        + ", mode rw-rw----; expected: the user app in the group " + group + ")");
    }

    @Test
    void network_namesAddressAndReason() {
        EngineAddress engine = EngineAddress.parse("tcp://10.0.0.5", null);
        RuntimeException failure = new RuntimeException(new SocketException("Connect timed out"));

        assertThat(Unreachable.explain(engine, "app", failure))
                .isEqualTo("tcp://10.0.0.5:2375: Connect timed out (expected: a running engine)");
    }

    private static String explained(Path socket, String systemSays) {
        RuntimeException failure = new RuntimeException(new SocketException(systemSays));
        return Unreachable.explain(EngineAddress.socket(socket), "app", failure);
    }
}
