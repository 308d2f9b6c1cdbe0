// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.ProviderException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends signals. A process is checked by pid and start time right before. */
final class Signals {
    static final String TERM = "TERM";
    static final String KILL = "KILL";
    static final String STOP = "STOP";
    static final String CONT = "CONT";

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final Pattern NUMBER = Pattern.compile("[1-9]|[1-5][0-9]|6[0-4]");
    private static final Pattern REAL_TIME = Pattern.compile("RTMIN(\\+[0-9]{1,2})?|RTMAX(-[0-9]{1,2})?");
    private static final Set<String> NAMES = Set.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", KILL, "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            TERM, STOP, CONT, "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR",
            "SYS");

    private final ProcessTable table;
    private final @Nullable Path command;

    Signals(ProcessTable table, @Nullable Path command) {
        this.table = table;
        this.command = command;
    }

    /** Whether more can be sent than the two that the Java runtime knows. */
    boolean any() {
        return command != null;
    }

    /**
     * Brings a signal into the form that {@link #send} takes.
     *
     * @throws ProviderException if there is no such signal, or it cannot be sent here
     */
    String canonical(String signal) {
        String upper = signal.strip().toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        boolean known = NAMES.contains(name)
                || NUMBER.matcher(name).matches()
                || REAL_TIME.matcher(name).matches();
        if (!known) {
            throw new ProviderException("signal: " + signal + " (expected: a name such as SIGTERM)", null, null);
        }
        if (command == null && !name.equals(TERM) && !name.equals(KILL)) {
            throw new ProviderException(
                    "signal: " + signal + " (expected: SIGTERM or SIGKILL, as there is no kill command here)",
                    null,
                    null);
        }
        return name;
    }

    /**
     * Sends a signal to those that still live. That one is gone meanwhile, or belongs to somebody else, is no failure:
     * who waits for the effect sees what is left.
     *
     * @param signal in canonical form
     */
    void send(String signal, List<ProcessEntry> targets) throws IOException, InterruptedException {
        List<Long> pids = new ArrayList<>();
        for (ProcessEntry target : targets) {
            if (table.alive(target.id())) {
                pids.add(target.pid());
            }
        }
        LOG.debug("signal {} to processes {}", signal, pids);
        if (signal.equals(TERM) || signal.equals(KILL)) {
            pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(handle -> end(handle, signal.equals(KILL))));
        } else if (!pids.isEmpty() && command != null) {
            sendByCommand(command, signal, pids);
        }
    }

    private static void end(ProcessHandle handle, boolean force) {
        boolean sent = force ? handle.destroyForcibly() : handle.destroy();
        LOG.trace("process {}: {}", handle.pid(), sent ? "sent" : "not sent");
    }

    private static void sendByCommand(Path command, String signal, List<Long> pids)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command.toString(), "-" + signal));
        pids.forEach(pid -> line.add(pid.toString()));
        int code = new ProcessBuilder(line)
                .redirectInput(Launcher.nothing())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start()
                .waitFor();
        LOG.trace("kill -{} {}: code {}", signal, pids, code);
    }
}
