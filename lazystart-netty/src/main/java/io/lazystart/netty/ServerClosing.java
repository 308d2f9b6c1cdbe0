// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** The event that tells a connection to answer what waits for a service, and to end as soon as nothing is open on it. */
enum ServerClosing {
    INSTANCE
}
