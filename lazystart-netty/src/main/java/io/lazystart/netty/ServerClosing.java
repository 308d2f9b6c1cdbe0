// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** The events that tell a connection of the end of its server. */
enum ServerClosing {
    /** The response that comes next is the last. */
    ANNOUNCED,
    /** What waits for a service is answered now, and the connection ends as soon as nothing is open on it. */
    BEGUN
}
