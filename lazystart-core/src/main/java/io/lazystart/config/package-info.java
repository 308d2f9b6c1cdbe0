// SPDX-License-Identifier: Apache-2.0
/** A configuration, given in code or in a file. */
@NullMarked
package io.lazystart.config;

import org.jspecify.annotations.NullMarked;
