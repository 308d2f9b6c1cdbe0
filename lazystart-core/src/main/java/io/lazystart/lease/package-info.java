// SPDX-License-Identifier: Apache-2.0
/** The lease word of an incarnation: the path of every warm request. */
@NullMarked
package io.lazystart.lease;

import org.jspecify.annotations.NullMarked;
