// SPDX-License-Identifier: Apache-2.0
/** Asks whether a started unit can serve. */
@NullMarked
package io.lazystart.probe;

import org.jspecify.annotations.NullMarked;
