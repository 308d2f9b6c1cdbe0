// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A second engine for tests that end it. It has a network namespace of its own: an engine without a bridge removes that
 * of the machine when it starts.
 */
final class OwnEngine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String UNMOUNT =
            "grep -F \" $1/\" /proc/mounts | cut -d ' ' -f 2 | sort -r | xargs -r umount -l && rm -rf \"$1\"/*";

    private final Path folder;
    private final List<String> options;
    private Process process;

    /** Begins one whose containers outlive it, and returns when it answers. */
    OwnEngine(Path folder) throws Exception {
        this(folder, List.of("--bridge=none", "--iptables=false", "--live-restore"));
    }

    /** Begins it, and returns when it answers. */
    OwnEngine(Path folder, List<String> options) throws Exception {
        this.folder = folder;
        this.options = options;
        start();
    }

    /** Whose network namespace is the engine's. */
    long pid() {
        return process.pid();
    }

    Path socket() {
        return folder.resolve("own.sock");
    }

    /** Begins it, and returns when it answers. */
    void start() throws Exception {
        // Its containerd dies with it, and may be left as a process that nobody has buried, for which it would wait.
        Files.deleteIfExists(folder.resolve("exec/containerd/containerd.pid"));
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--net",
                "dockerd",
                "--data-root",
                folder.resolve("data").toString(),
                "--exec-root",
                folder.resolve("exec").toString(),
                "--pidfile",
                folder.resolve("pid").toString(),
                "-H",
                "unix://" + socket()));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        Bench.eventually(PATIENCE).until(this::answers);
    }

    /** Ends it as a crash would, so that its containers run on. */
    void crash() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            crash();
        }
        // What it has mounted would be in the way of whoever clears the folder.
        new ProcessBuilder("sh", "-c", UNMOUNT, "sh", folder.toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("own engine: " + Files.readString(folder.resolve("log")));
        }
        if (!Files.exists(socket())) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return channel.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
