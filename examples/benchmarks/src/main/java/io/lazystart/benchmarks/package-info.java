// SPDX-License-Identifier: Apache-2.0
/** What a wake, a herd and a warm request cost, measured from outside and with JMH. */
@NullMarked
package io.lazystart.benchmarks;

import org.jspecify.annotations.NullMarked;
