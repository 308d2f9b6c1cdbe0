// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

/**
 * One process for good: pids are used again, the pair is not.
 *
 * @param pid number of the process
 * @param start when it began, in the unit of the {@link ProcessTable} that told it; 0 where unknown
 */
record ProcessId(long pid, long start) {}
