// SPDX-License-Identifier: Apache-2.0
/** The only source of time. */
@NullMarked
package io.lazystart.time;

import org.jspecify.annotations.NullMarked;
