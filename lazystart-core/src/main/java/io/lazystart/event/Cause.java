// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

import java.util.Objects;

/**
 * Who or what asked for a wake or a sleep.
 *
 * @param kind the sort of asker; not null
 * @param detail for a person to read, such as {@code GET /notes from 127.0.0.1}; may be empty, not null
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

    /**
     * Checks the components.
     *
     * @param kind the component
     * @param detail the component
     */
    public Cause {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /**
     * A client's request.
     *
     * @param detail method, path and address of the caller; not null
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
