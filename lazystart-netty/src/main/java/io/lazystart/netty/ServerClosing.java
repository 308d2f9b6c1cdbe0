// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** The event that tells a connection to end as soon as nothing is open on it. */
enum ServerClosing {
    INSTANCE
}
