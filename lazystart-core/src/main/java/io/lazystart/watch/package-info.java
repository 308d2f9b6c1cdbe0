// SPDX-License-Identifier: Apache-2.0
/** What the host application uses of a service. */
@NullMarked
package io.lazystart.watch;

import org.jspecify.annotations.NullMarked;
