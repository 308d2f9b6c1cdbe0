// SPDX-License-Identifier: Apache-2.0
/** A gateway that anybody can start: listens, wakes the service behind a host name or path, passes the request on. */
@NullMarked
package io.lazystart.gateway;

import org.jspecify.annotations.NullMarked;
