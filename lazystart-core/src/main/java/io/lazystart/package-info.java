// SPDX-License-Identifier: Apache-2.0
/** The entry: name services, build a {@link io.lazystart.LazyStart}, take leases from its watchers. */
@NullMarked
package io.lazystart;

import org.jspecify.annotations.NullMarked;
