// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.util.List;

/**
 * A method of {@link WarmPath} with a number of threads.
 *
 * @param method its name
 * @param threads how many run it at a time
 */
record Measured(String method, int threads) {
    static final String BARE = "bareSequence";
    static final String LEASE = "tryAcquireAndClose";
    static final String DECISION = "decision";
    static final List<String> METHODS = List.of(BARE, LEASE, DECISION);

    /** In the order in which a round runs them: what is compared stands side by side. */
    static final List<Measured> ALL = List.of(
            new Measured(BARE, 1),
            new Measured(LEASE, 1),
            new Measured(DECISION, 1),
            new Measured(BARE, 2),
            new Measured(LEASE, 2));

    String label() {
        return method + "/" + threads;
    }
}
