// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.demo.DemoApp;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands of units that write down for themselves when they start and who runs, so that nobody else is believed. */
final class Backend {
    private final Path file;

    /** A backend that writes a line, its pid, into a file of this folder with each start. */
    Backend(Path directory) {
        this.file = directory.resolve("started");
    }

    /** The demo application, without its simulated boot, started by a shell script that runs {@code before} first. */
    String[] application(String before) throws URISyntaxException {
        return script(before + "exec \"$@\"", application());
    }

    /** The demo application alone. */
    static String[] application() throws URISyntaxException {
        return new String[] {
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            Path.of(DemoApp.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString(),
            DemoApp.class.getName(),
            "--port={port}",
            "--boot-ms=0"
        };
    }

    /** A shell script, with {@code $0} the file and the arguments behind it. */
    String[] script(String text, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "echo $$ >> \"$0\"; " + text, file.toString()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    /** Each line of the file is a pid. */
    List<Long> pids() throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
                : List.of();
    }

    /** Whether a process runs; one that ended and was not collected by its new parent does not. */
    static boolean runs(long pid) throws IOException {
        if (!Files.exists(Path.of("/proc/self/stat"))) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        try {
            String content = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return content.charAt(content.lastIndexOf(')') + 2) != 'Z';
        } catch (NoSuchFileException ended) {
            return false;
        }
    }
}
