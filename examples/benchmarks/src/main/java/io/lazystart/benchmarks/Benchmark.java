// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.PrintStream;

/** One of the benchmarks that the command line names, with its options. */
@FunctionalInterface
interface Benchmark {

    /**
     * Measures and prints.
     *
     * @return whether everything that was counted and checked was as it should be; figures that miss a target do not
     *     make it false, for they depend on the machine
     */
    boolean run(PrintStream out) throws Exception;
}
