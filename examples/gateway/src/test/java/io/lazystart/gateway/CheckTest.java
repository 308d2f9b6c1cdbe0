// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.LazyStart;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public final class CheckTest {
    @TempDir
    Path directory;

    @Test
    void help_namesEveryFlagAndExitCode() {
        CommandLine line = CommandLine.run("--help");

        assertThat(line.code()).isZero();
        assertThat(line.err()).isEmpty();
        assertThat(line.out())
                .contains("--config FILE", "--listen HOST:PORT", "--check", "--version", "--help")
                .contains("LAZYSTART_CONFIG", "LAZYSTART_LISTEN", "Exit codes");
    }

    @Test
    void version_isOneLine() {
        CommandLine line = CommandLine.run("--version");

        assertThat(line.code()).isZero();
        assertThat(line.out()).startsWith("lazystart gateway ").hasLineCount(1);
    }

    @Test
    void check_noConfig_showsTheDemo() {
        CommandLine line = CommandLine.run("--check");

        assertThat(line.code()).isZero();
        assertThat(line.out())
                .contains("configuration: embedded default", "listen: 127.0.0.1:8080", "service demo")
                .containsPattern("idle-timeout +30s");
    }

    @Test
    void check_file_showsServicesWithoutSettings() throws IOException {
        Path file = write("""
                state-directory: %s
                port-range: 100-200
                services:
                  notes:
                    process:
                      command: [java, -jar, notes.jar]
                      environment: {PASSWORD: hunter2}
                    hosts: [Notes.localhost]
                    paths: [/a, /b]
                    upstream: http://127.0.0.1:{port}
                    idle-timeout: never
                    on-close: leave
                """.formatted(directory.resolve("state")));

        CommandLine line = CommandLine.run("--check", "--config", file.toString());

        assertThat(line.err()).isEmpty();
        assertThat(line.code()).isZero();
        assertThat(line.out()).isEqualToNormalizingNewlines("""
                        configuration: %s
                        listen: 127.0.0.1:8080
                        state-directory: %s
                        port-range: 100-200

                        service notes
                          routes        notes.localhost/a, notes.localhost/b
                          unit          process (command, environment)
                          upstream      http://127.0.0.1:{port}
                          ready         auto
                          health        none
                          idle-timeout  never
                          wake-timeout  3m
                          hold-timeout  1m
                          wait          auto
                          busy-cpu      none
                          restart       on-request
                          backoff       1s to 5m, open after 10
                          stop          stop
                          on-close      leave
                        """.formatted(file, directory.resolve("state")));
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void check_exampleWithCompose_isTaken() throws IOException {
        String example = Files.readString(Path.of("..", "compose", "gateway.yaml"));
        Path file = write("state-directory: " + directory.resolve("state") + "\n" + example);

        CommandLine line = CommandLine.run("--check", "--config", file.toString());

        assertThat(line.err()).isEmpty();
        assertThat(line.code()).isZero();
    }

    @Test
    void check_upstreamOverTls_isRefusedInOneLine() throws IOException {
        Path file = write("services:\n  notes:\n    process: {command: [a]}\n    upstream: https://127.0.0.1:8443\n");

        CommandLine line = CommandLine.run("--check", "--config", file.toString());

        assertThat(line.code()).isEqualTo(1);
        assertThat(line.err())
                .isEqualToNormalizingNewlines("gateway: " + file + ":4: services.notes.upstream: https://127.0.0.1:8443"
                        + " (expected: http://HOST[:PORT], TLS to a service is not spoken yet)\n");
    }

    @Test
    void check_wrongKey_isOneLineWithItsPlace() throws IOException {
        Path file = write("services:\n  notes:\n    process: {command: [a]}\n    idle-timeout: soon\n");

        CommandLine line = CommandLine.run(Map.of("LAZYSTART_CONFIG", file.toString()), "--check");

        assertThat(line)
                .isEqualTo(new CommandLine(
                        1,
                        "",
                        "gateway: " + file
                                + ":4: services.notes.idle-timeout: soon (expected: a duration such as 250ms, 10s, 15m,"
                                + " 2h or PT1H30M, or never)" + System.lineSeparator()));
    }

    @Test
    void check_wrongSettingOfTheProvider_isOneLineWithItsPlace() throws IOException {
        Path file = write("services:\n  notes:\n    process:\n      comand: [a]\n");

        CommandLine line = CommandLine.run("--check", "--config", file.toString());

        assertThat(line.code()).isEqualTo(1);
        assertThat(line.out()).isEmpty();
        assertThat(line.err())
                .startsWith("gateway: " + file + ":")
                .contains("services.notes.process.com")
                .hasLineCount(1);
    }

    @Test
    void check_twoCatchAlls_areRefused() throws IOException {
        Path file = write("services:\n  a: {process: {command: [a]}}\n  b: {process: {command: [b]}}\n");

        CommandLine line = CommandLine.run("--check", "--config", file.toString());

        assertThat(line.code()).isEqualTo(1);
        assertThat(line.err()).startsWith("gateway: " + file + ":3: services.b").hasLineCount(1);
    }

    @Test
    void check_stateDirectoryThatCannotBeMade_isRefusedAsTheRunDoes() throws IOException {
        Path nowhere = Files.createFile(directory.resolve("file")).resolve("state");
        Path file = write("state-directory: " + nowhere + "\nservices:\n  notes: {process: {command: [a]}}\n");

        CommandLine check = CommandLine.run("--check", "--config", file.toString());
        CommandLine run = CommandLine.run("--listen", "127.0.0.1:0", "--config", file.toString());

        assertThat(check)
                .isEqualTo(new CommandLine(
                        1,
                        "",
                        "gateway: " + file + ":1: state-directory: " + nowhere
                                + " (expected: a folder that can be written)" + System.lineSeparator()))
                .isEqualTo(run);
    }

    @Test
    void check_temporaryDirectoryThatCannotBeWritten_isNotNeeded() throws IOException {
        Path file = write(
                "state-directory: " + directory.resolve("state") + "\nservices:\n  notes: {process: {command: [a]}}\n");
        String before = System.setProperty("java.io.tmpdir", "/nowhere");
        try {
            CommandLine line = CommandLine.run("--check", "--config", file.toString());

            assertThat(line.err()).isEmpty();
            assertThat(line.code()).isZero();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    @Test
    void check_stateDirectoryIsInUse_isLeftAsItWas() throws IOException {
        Path state = directory.resolve("state");
        Path file = write("state-directory: " + state + "\nservices:\n  notes: {process: {command: [a]}}\n");
        try (LazyStart running = LazyStart.from(file)) {
            assertThat(running.config().services()).isNotEmpty();
            List<Path> before = walk(state);

            CommandLine line = CommandLine.run("--check", "--config", file.toString());

            assertThat(line.err()).isEmpty();
            assertThat(line.code()).isZero();
            assertThat(walk(state)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',      0, ''",
        "proxmox, 1, no such provider on the class path",
        "throwing,1, provider throwing: create failed: java.io.UncheckedIOException: java.io.IOException: no socket",
        "twice,   1, is claimed by",
    })
    void check_providersOnTheClassPath_oneLineForEachThatIsNoUse(String used, int code, String message)
            throws Exception {
        String command = used.isEmpty() || used.equals("twice") ? "process: {command: [a]}" : used + ": {}";
        Path file = write(
                "state-directory: " + directory.resolve("state") + "\nservices:\n  notes:\n    " + command + "\n");
        List<String> factories = new ArrayList<>(List.of("no.such.Factory", ThrowingFactory.class.getName()));
        if (used.equals("twice")) {
            factories.add(RivalFactory.class.getName());
        }

        CommandLine line = withProviders(factories, () -> CommandLine.run("--check", "--config", file.toString()));

        assertThat(line.code()).as(line.err()).isEqualTo(code);
        assertThat(line.err()).contains(message).hasLineCount(code);
    }

    private <T> T withProviders(List<String> factories, Callable<T> action) throws Exception {
        Path services = directory.resolve("classes/META-INF/services");
        Files.createDirectories(services);
        Files.write(services.resolve(ProviderFactory.class.getName()), factories);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.resolve("classes").toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return action.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }

    /** Of a provider whose other side is not there. */
    public static class ThrowingFactory implements ProviderFactory {
        @Override
        public String type() {
            return "throwing";
        }

        @Override
        public Provider create(ProviderContext context) {
            throw new UncheckedIOException(new IOException("no socket"));
        }
    }

    /** Of the same type. */
    public static final class RivalFactory extends ThrowingFactory {}

    @Test
    void run_absentFile_isOneLine() {
        CommandLine line = CommandLine.run("--config", "/nowhere/gateway.yaml", "--listen", "127.0.0.1:0");

        assertThat(line)
                .isEqualTo(new CommandLine(
                        1,
                        "",
                        "gateway: /nowhere/gateway.yaml: no such file (expected: a readable file)"
                                + System.lineSeparator()));
    }

    @Test
    void run_unknownFlag_isOneLine() {
        CommandLine line = CommandLine.run("--chek");

        assertThat(line)
                .isEqualTo(new CommandLine(
                        1, "", "gateway: --chek: unknown argument (did you mean: --check)" + System.lineSeparator()));
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("gateway.yaml"), yaml);
    }
}
