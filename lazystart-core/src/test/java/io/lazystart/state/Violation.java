// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

/** A rule of the design that does not hold. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String rule, String problem) {
        super(rule + ": " + problem);
    }

    static void check(boolean holds, String rule, String problem) {
        if (!holds) {
            throw new Violation(rule, problem);
        }
    }

    /** The same with a text that is put together only when it is needed: this runs millions of times. */
    static void check(boolean holds, String rule, String problem, Object detail) {
        if (!holds) {
            throw new Violation(rule, problem + detail);
        }
    }
}
