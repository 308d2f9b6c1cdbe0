// SPDX-License-Identifier: Apache-2.0
/** The shell around the state machine: locks, threads, timers, verbs, probes and waiters of one service. */
@NullMarked
package io.lazystart.wake;

import org.jspecify.annotations.NullMarked;
