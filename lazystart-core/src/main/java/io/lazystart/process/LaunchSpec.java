// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Settings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a service's settings say about the command to run.
 *
 * @param command program and arguments
 * @param directory where it runs; null for the host's own
 * @param environment added to the host's
 * @param listensItself whether nobody but its processes may listen at its port
 */
record LaunchSpec(
        List<String> command, @Nullable Path directory, Map<String, String> environment, boolean listensItself) {
    private static final String PORT = "{port}";

    LaunchSpec {
        command = List.copyOf(command);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /**
     * Reads the settings.
     *
     * @throws ConfigException if one is missing, wrong or unknown
     */
    static LaunchSpec of(Settings settings) {
        List<String> command = settings.requiredStrings("command");
        String directory = settings.string("directory");
        Map<String, String> environment = settings.stringMap("environment");
        String listener = settings.string("listener");
        settings.refuseUnknown();
        if (command.get(0).isBlank()) {
            throw settings.refuse("command", "\"\" (expected: the program first)");
        }
        environment.keySet().forEach(name -> checkVariable(settings, name));
        if (listener != null && !listener.equals("own") && !listener.equals("any")) {
            throw settings.refuse("listener", listener + " (expected: own or any)");
        }
        Path folder = directory == null ? null : path(settings, directory);
        return new LaunchSpec(command, folder, environment, !"any".equals(listener));
    }

    /** Whether the unit needs a port of the range. */
    boolean usesPort() {
        return command.stream().anyMatch(text -> text.contains(PORT))
                || environment.values().stream().anyMatch(text -> text.contains(PORT));
    }

    List<String> command(@Nullable Integer port) {
        return command.stream().map(text -> fill(text, port)).toList();
    }

    Map<String, String> environment(@Nullable Integer port) {
        Map<String, String> filled = new LinkedHashMap<>();
        environment.forEach((name, text) -> filled.put(name, fill(text, port)));
        return filled;
    }

    /**
     * Finds the folder to run in.
     *
     * @throws ProviderException if it does not exist
     */
    Path workingDirectory() {
        Path folder = directory == null ? Path.of("") : directory;
        if (!Files.isDirectory(folder)) {
            throw new ProviderException("directory: " + folder + " (expected: a folder that exists)", null, null);
        }
        return folder.toAbsolutePath();
    }

    /** Hides arguments and environment: they may hold secrets. */
    @Override
    public String toString() {
        return "LaunchSpec[command=" + command.get(0) + " …, directory=" + directory + ", environment="
                + environment.keySet() + "]";
    }

    private static String fill(String text, @Nullable Integer port) {
        return port == null ? text : text.replace(PORT, port.toString());
    }

    private static Path path(Settings settings, String directory) {
        try {
            return Path.of(directory);
        } catch (InvalidPathException invalid) {
            throw settings.refuse("directory", directory + " (expected: a path)");
        }
    }

    private static void checkVariable(Settings settings, String name) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.equals(Launcher.COOKIE)) {
            throw settings.refuse(
                    "environment." + name,
                    "not a name to set (expected: one without '=', not " + Launcher.COOKIE + ")");
        }
    }
}
