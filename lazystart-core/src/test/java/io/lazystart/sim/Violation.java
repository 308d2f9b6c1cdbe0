// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

/** A rule that did not hold in a simulated world. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String rule;

    Violation(String rule, String message) {
        super(rule + ": " + message, null, false, false);
        this.rule = rule;
    }

    String rule() {
        return rule;
    }
}
