// SPDX-License-Identifier: Apache-2.0
/** What happens to a service, as its listeners hear it. */
@NullMarked
package io.lazystart.event;

import org.jspecify.annotations.NullMarked;
