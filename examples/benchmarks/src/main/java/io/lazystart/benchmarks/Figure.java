// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

/**
 * What one fork came to.
 *
 * @param nanos the middle iteration's nanoseconds of one operation
 * @param bytes allocated by one operation
 */
record Figure(double nanos, double bytes) {}
