// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Docker engine of the test's own, to be killed and started again. It lives in a network namespace of its own, since two
 * engines in one would take each other's bridges away; its containers use the namespace's network and are reached through a
 * pair of virtual interfaces.
 */
final class OwnEngine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SETUP = """
            set -e
            ip netns add "$1"
            ip link add "$2" type veth peer name inside netns "$1"
            ip addr add 10.213.0.1/30 dev "$2"
            ip link set "$2" up
            ip -n "$1" link set lo up
            ip -n "$1" addr add 10.213.0.2/30 dev inside
            ip -n "$1" link set inside up
            """;
    private static final String TEARDOWN = """
            ip link del "$2"
            ip netns del "$1"
            for point in $(awk -v folder="$3/" 'index($2, folder) == 1 {print $2}' /proc/mounts | sort -r); do umount "$point"; done
            rm -rf "$3"
            """;

    private final Path folder;
    private final String namespace;
    private final String outside;
    private Process process;

    OwnEngine() throws IOException, InterruptedException {
        long pid = ProcessHandle.current().pid();
        this.folder = Files.createTempDirectory("lazystart-engine");
        this.namespace = "lazystart-" + pid;
        this.outside = "lzs" + pid;
        shell(SETUP);
        process = start();
    }

    Path socket() {
        return folder.resolve("engine.sock");
    }

    /** The address of what listens in a container with the network of the host, which is the engine's namespace. */
    String host() {
        return "10.213.0.2";
    }

    private Process start() throws IOException {
        // Both die with it, and may be left as processes that nobody has buried, for which the next one would wait.
        Files.deleteIfExists(folder.resolve("pid"));
        Files.deleteIfExists(folder.resolve("run/containerd/containerd.pid"));
        Path log = folder.resolve("log");
        Process started = new ProcessBuilder(List.of(
                        "nsenter",
                        "--net=/run/netns/" + namespace,
                        "dockerd",
                        "--data-root",
                        folder.resolve("data").toString(),
                        "--exec-root",
                        folder.resolve("run").toString(),
                        "--pidfile",
                        folder.resolve("pid").toString(),
                        "-H",
                        "unix://" + socket(),
                        "--bridge=none",
                        "--iptables=false",
                        "--ip-masq=false",
                        "--live-restore"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(answers()).as("%s", last(log)).isTrue());
        return started;
    }

    private static String last(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private boolean answers() throws IOException, InterruptedException {
        Process version = new ProcessBuilder("docker", "-H", "unix://" + socket(), "version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return version.waitFor(10, TimeUnit.SECONDS) && version.exitValue() == 0;
    }

    /** Ends it without a chance to tidy up; containers go on. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    void restart() throws IOException {
        process = start();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        shell(TEARDOWN);
    }

    private void shell(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", script, "sh", namespace, outside, folder.toString())
                .inheritIO()
                .start();
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).isZero();
    }
}
