// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.io.Serial;

/** A value that cannot be read, on its way to the {@link Refusals}. */
final class Refused extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Line of what is missing: told only if nothing that is there was refused. */
    static final int WHOLE_FILE = Integer.MAX_VALUE;

    private final int line;
    private final String path;
    private final String problem;

    Refused(int line, String path, String problem) {
        super(problem, null, false, false);
        this.line = line;
        this.path = path;
        this.problem = problem;
    }

    /** A value, shown as written, and what was expected instead. */
    static Refused value(Node node, String expected) {
        return new Refused(node.line(), node.path(), node.shown() + " (expected: " + expected + ")");
    }

    int line() {
        return line;
    }

    String path() {
        return path;
    }

    String problem() {
        return problem;
    }
}
