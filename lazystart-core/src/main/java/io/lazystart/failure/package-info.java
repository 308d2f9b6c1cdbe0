// SPDX-License-Identifier: Apache-2.0
/** What can go wrong, and why a caller was not served. */
@NullMarked
package io.lazystart.failure;

import org.jspecify.annotations.NullMarked;
