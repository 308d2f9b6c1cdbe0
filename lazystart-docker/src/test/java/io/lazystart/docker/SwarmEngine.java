// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** A swarm of one node, with an engine and loopback of its own, for all test classes of a JVM. */
final class SwarmEngine implements BeforeAllCallback {
    private static final String JOIN = """
            set -e
            nsenter --target "$1" --net ip link set lo up
            docker swarm init --advertise-addr 127.0.0.1
            """;

    /** An engine that is told to end would wait for tasks that have ages to end. */
    private static final String LEAVE = """
            docker ps -q | xargs -r docker kill
            docker swarm leave --force
            """;

    private static volatile Path socket;

    /** Where its manager listens. */
    static Path socket() {
        return socket;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(Namespace.create(SwarmEngine.class))
                .getOrComputeIfAbsent(Running.class, type -> begin(), Running.class);
    }

    private static Running begin() {
        try {
            Path folder = Files.createTempDirectory("lazystart-swarm");
            OwnEngine engine = new OwnEngine(folder, List.of());
            Images.make(engine.socket());
            run(engine, JOIN, String.valueOf(engine.pid()));
            socket = engine.socket();
            return new Running(folder, engine);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private static void run(OwnEngine engine, String script, String argument) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "sh", argument)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DOCKER_HOST", "unix://" + engine.socket());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("has ended: %s", script)
                .isTrue();
        assertThat(process.exitValue()).as(script).isZero();
    }

    /** Ends with the last test of the JVM. */
    private record Running(Path folder, OwnEngine engine) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            run(engine, LEAVE, "");
            engine.close();
            Files.delete(folder);
        }
    }
}
