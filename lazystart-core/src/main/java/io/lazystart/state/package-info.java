// SPDX-License-Identifier: Apache-2.0
/** The pure state machine of one unit: (snapshot, signal) to (snapshot, actions), without clock, lock or call. */
@NullMarked
package io.lazystart.state;

import org.jspecify.annotations.NullMarked;
