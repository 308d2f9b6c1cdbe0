// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

import java.util.Objects;

/**
 * Who or what asked for a wake or a sleep.
 *
 * @param kind the sort of asker; not null
 * @param detail for a person to read, such as {@code GET /notes from 127.0.0.1, rule hold}; may be empty, not null
 */
public record Cause(Kind kind, String detail) {

    /** Sorts of askers. */
    public enum Kind {
        /** A request or connection of a client. */
        REQUEST,
        /** A person or the host application itself; its wake is not held back by back-off. */
        PERSON,
        /** A service that depends on this one. */
        DEPENDENCY,
        /** Nobody has used the service for its idle time. */
        IDLE,
        /** Something outside lazystart started or stopped the unit. */
        OUTSIDE,
        /** The unit failed, or could not be started or stopped. */
        FAILURE,
        /** The host is closing. */
        CLOSE
    }

    /** A longer text tells nobody more, and the last hundred causes of each service are remembered. */
    private static final int MAX_DETAIL = 500;

    /**
     * Takes the detail as fit for one line of a log, since much of it comes from strangers: characters that a log would
     * not show, or would take as a command, become question marks or blanks, and what is longer than 500 characters is
     * cut.
     *
     * @param kind the component
     * @param detail the component
     */
    public Cause {
        Objects.requireNonNull(kind, "kind");
        detail = printable(detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + "…");
    }

    private static String printable(String text) {
        if (text.codePoints().noneMatch(Cause::isHidden)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> !isHidden(point) ? point : Character.isWhitespace(point) ? ' ' : '?')
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    /** Line breaks and escapes, but also marks that turn the direction of writing, and halves of characters. */
    private static boolean isHidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /**
     * A client's request.
     *
     * @param detail method, path and address of the caller, and the rule by which it wakes; not null
     * @return the cause
     */
    public static Cause request(String detail) {
        return new Cause(Kind.REQUEST, detail);
    }

    /**
     * A person, or the host application on its own account.
     *
     * @param detail who, or through what; not null
     * @return the cause
     */
    public static Cause person(String detail) {
        return new Cause(Kind.PERSON, detail);
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return detail.isEmpty() ? name : name + ": " + detail;
    }
}
