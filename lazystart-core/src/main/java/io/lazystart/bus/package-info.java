// SPDX-License-Identifier: Apache-2.0
/** Delivery of events to listeners, in order, without ever waiting for one. */
@NullMarked
package io.lazystart.bus;

import org.jspecify.annotations.NullMarked;
