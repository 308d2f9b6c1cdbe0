// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in one sentence why an engine cannot be reached, and what to do. */
final class Unreachable {
    /** What the transport puts before the reason, and the address does already. */
    private static final Pattern CONNECT = Pattern.compile("^Connect to \\S+ failed: ");

    /** What the transport says of an end, behind a host that a socket has not. */
    private static final String NO_ANSWER = " failed to respond";

    private Unreachable() {}

    /** Explains the failure of a connection. */
    static String explain(EngineAddress address, String user, Throwable failure) {
        String said = reason(failure);
        Path socket = address.socketPath();
        if (socket == null) {
            return address + ": " + CONNECT.matcher(said).replaceFirst("") + " (expected: a running engine)";
        }
        String lower = said.toLowerCase(Locale.ROOT);
        if (Files.notExists(socket)) {
            return socket + ": no such file (expected: a running engine)";
        }
        return lower.contains("permission denied") ? denied(socket, user) : refused(socket, lower);
    }

    private static String refused(Path socket, String said) {
        String why = said;
        if (said.contains("refused")) {
            why = "nobody listens";
        } else if (said.endsWith(NO_ANSWER)) {
            why = "ended without an answer";
        }
        return socket + ": " + why + " (expected: a running engine)";
    }

    private static String denied(Path socket, String user) {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(socket, PosixFileAttributes.class, new LinkOption[0]);
        } catch (IOException | UnsupportedOperationException hidden) {
            return socket + ": permission denied (expected: a socket that the user " + user + " may write to)";
        }
        String group = attributes.group().getName();
        return socket + ": permission denied (owner " + attributes.owner().getName() + ":" + group + ", mode "
                + PosixFilePermissions.toString(attributes.permissions()) + "; expected: the user " + user
                + " in the group " + group + ")";
    }

    /** The innermost message, where the system call's own words are. */
    private static String reason(Throwable failure) {
        String said = failure.toString();
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException || cause.getCause() == null) {
                said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            }
        }
        return said;
    }
}
