// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a person does at a terminal: the {@code docker} command. Containers that it makes are removed after the test. */
final class DockerCli implements AfterEachCallback {
    static final Path SOCKET = Path.of("/var/run/docker.sock");

    /** Held by classes whose gateways find containers by labels: they would find each other's, and put them to sleep. */
    static final String LABELS = "labels of containers";

    /** A static busybox with a page, a slow download and a server that upgrades connections. */
    static final String IMAGE = "lazystart/gateway:test";

    /** Answers an upgrade and then says back what it hears. */
    static final String ECHO_SERVER = "exec nc -ll -p 8080 -e /bin/upgrade";

    /** A WebSocket that says something ten times a second. */
    static final String WEB_SOCKET = "exec nc -ll -p 8080 -e /bin/ticker";

    private static final String HTTPD = "exec httpd -f -p 8080 -h /www";
    private static final String SCRIPT = """
            set -e
            mkdir -p "$1/bin" "$1/www/cgi-bin" "$1/tmp"
            cp "$(command -v busybox)" "$1/bin/busybox"
            for command in sh sleep httpd cat echo head nc tail yes dd sha1sum xxd base64; do ln -sf busybox "$1/bin/$command"; done
            echo woken > "$1/www/index.html"
            printf '%%s\\n' '#!/bin/sh' 'printf "Content-Type: text/plain\\r\\n\\r\\n"' 'i=0' 'while [ $i -lt 20 ]; do echo more; sleep 0.1; i=$((i+1)); done' \\
              > "$1/www/cgi-bin/slow"
            printf '%%s\\n' '#!/bin/sh' 'while read -r l; do l=${l%%%%?}; [ -z "$l" ] && break; done' \\
              'printf "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n"' 'exec cat' > "$1/bin/upgrade"
            cat > "$1/bin/ticker" <<'END'
            #!/bin/sh
            while read -r line; do
              line=${line%%%%?}
              case $line in
                '') break ;;
                [Ss]ec-[Ww]eb[Ss]ocket-[Kk]ey:*) key=${line#*: } ;;
              esac
            done
            sum=$(printf '%%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' "$key" | sha1sum | head -c 40 | xxd -r -p | base64)
            printf 'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'
            printf 'Sec-WebSocket-Accept: %%s\\r\\n\\r\\n' "$sum"
            while printf '\\201\\004tick'; do sleep 0.1; done
            END
            chmod +x "$1/www/cgi-bin/slow" "$1/bin/upgrade" "$1/bin/ticker"
            tar -C "$1" -c . | docker import -c 'CMD ["/bin/sh"]' - %s
            """.formatted(IMAGE);

    private final Path socket;
    private final String prefix = "lazystart-test-" + ProcessHandle.current().pid() + "-";
    private final List<String> made = new ArrayList<>();

    /** Speaks to the engine of this machine. */
    DockerCli() {
        this(SOCKET);
    }

    DockerCli(Path socket) {
        this.socket = socket;
        try {
            Path folder = Files.createTempDirectory("lazystart-image");
            try {
                command("sh", "-c", SCRIPT, "sh", folder.toString());
            } finally {
                command("rm", "-r", folder.toString());
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The name that a container of a test has at the engine. */
    String name(String container) {
        return prefix + container;
    }

    /** A container that is not started; options are those of {@code docker create}. */
    void create(String container, String script, String... options) {
        List<String> words =
                new ArrayList<>(List.of("create", "--name", name(container), "--label", "lazystart.test=true"));
        Collections.addAll(words, options);
        Collections.addAll(words, IMAGE, "/bin/sh", "-c", script);
        made.add(name(container));
        docker(words.toArray(String[]::new));
    }

    /** A web server at port 8080, published at a port of loopback that is free. */
    void createServer(String container, String... options) {
        List<String> all = new ArrayList<>(List.of("-p", "127.0.0.1::8080"));
        Collections.addAll(all, options);
        create(container, HTTPD, all.toArray(String[]::new));
    }

    String state(String container) {
        return docker("inspect", "-f", "{{.State.Status}}", name(container));
    }

    /** How often it was started; counts each start of the engine's own. */
    String startedAt(String container) {
        return docker("inspect", "-f", "{{.State.StartedAt}}", name(container));
    }

    void remove(String container) {
        docker("rm", "-f", name(container));
        made.remove(name(container));
    }

    String docker(String... words) {
        List<String> command = new ArrayList<>(List.of("docker"));
        Collections.addAll(command, words);
        try {
            return command(command.toArray(String[]::new));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String command(String... words) throws IOException, InterruptedException {
        Path output = Files.createTempFile("docker", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("DOCKER_"));
        builder.environment().put("DOCKER_HOST", "unix://" + socket);
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", words) + ": has not ended");
        }
        String said = Files.readString(output, StandardCharsets.UTF_8).strip();
        Files.delete(output);
        assertThat(process.exitValue())
                .as("%s: %s", String.join(" ", words), said)
                .isZero();
        return said;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!made.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("rm", "-f", "-v"));
            words.addAll(made);
            docker(words.toArray(String[]::new));
        }
    }
}
