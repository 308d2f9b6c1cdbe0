// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.ProviderException;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts commands, in a session of their own where the system has {@code setsid}. */
final class Launcher {
    /** Variable that marks the environment of every process of a run. */
    static final String COOKIE = "LAZYSTART_RUN";

    private static final File NOTHING = new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");

    private final SecureRandom random = new SecureRandom();
    private final @Nullable Path setsid;

    Launcher(@Nullable Path setsid) {
        this.setsid = setsid;
    }

    static Redirect nothing() {
        return Redirect.from(NOTHING);
    }

    /** Makes the mark of a new run. */
    String newCookie() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * Finds everything a start needs, and changes nothing.
     *
     * @param cookie mark of the run
     * @throws ProviderException if the directory or the program is missing
     */
    ProcessBuilder prepare(LaunchSpec spec, @Nullable Integer port, String cookie, Path output) {
        ProcessBuilder builder = new ProcessBuilder();
        builder.environment().putAll(spec.environment(port));
        builder.environment().put(COOKIE, cookie);
        Path directory = spec.workingDirectory();
        List<String> command = spec.command(port);
        List<String> line = new ArrayList<>();
        if (setsid != null) {
            line.add(setsid.toString()); // becomes the program itself: same pid
        }
        line.add(Executables.find(
                        command.get(0), directory, builder.environment().get("PATH"))
                .toString());
        line.addAll(command.subList(1, command.size()));
        return builder.command(line)
                .directory(directory.toFile())
                .redirectInput(nothing())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output.toFile()));
    }

    /**
     * Starts what was prepared.
     *
     * @throws ProviderException if the operating system refuses
     */
    static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException refused) {
            throw new ProviderException("command could not be started: " + refused.getMessage(), null, refused);
        }
    }
}
