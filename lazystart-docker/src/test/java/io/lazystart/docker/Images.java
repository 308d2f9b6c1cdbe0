// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An image without a registry: the static busybox of this machine, under the names of the commands that tests use. */
final class Images {
    /** Its commands are at /bin; it exposes nothing, and /www has one page. */
    static final String BUSYBOX = "lazystart/busybox:test";

    private static final List<String> COMMANDS = List.of("sh", "sleep", "httpd", "cat", "echo", "tail", "wc", "touch");
    private static final String SCRIPT = """
            set -e
            mkdir -p "$1/bin" "$1/www" "$1/tmp"
            cp "$(command -v busybox)" "$1/bin/busybox"
            for command in %s; do ln -sf busybox "$1/bin/$command"; done
            echo woken > "$1/www/index.html"
            tar -C "$1" -c . | docker import -c 'CMD ["/bin/sh"]' - %s
            """.formatted(String.join(" ", COMMANDS), BUSYBOX);

    /** Engines that have it. Guarded by the class. */
    private static final Set<Path> MADE = new HashSet<>();

    private Images() {}

    /** Makes it where it is not there yet. */
    static synchronized void make(Path engine) throws IOException, InterruptedException {
        if (!MADE.add(engine) || run(engine, "docker", "image", "inspect", BUSYBOX) == 0) {
            return;
        }
        Path folder = Files.createTempDirectory("lazystart-image");
        assertThat(run(engine, "sh", "-c", SCRIPT, "sh", folder.toString())).isZero();
        assertThat(run(engine, "rm", "-r", folder.toString())).isZero();
    }

    private static int run(Path engine, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("DOCKER_"));
        builder.environment().put("DOCKER_HOST", "unix://" + engine);
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + ": has not ended");
        }
        return process.exitValue();
    }
}
