// SPDX-License-Identifier: Apache-2.0
/**
 * The front door on Netty: {@link io.lazystart.netty.WakeHandler} wakes, holds and answers, {@link
 * io.lazystart.netty.ForwardingHandler} forwards, {@link io.lazystart.netty.NettyServer} puts both behind a listening
 * socket.
 *
 * <p>Threads: everything that belongs to a client connection, its upstream connection included, is confined to that
 * connection's event loop and has no lock. What comes from elsewhere (a lease, the loss of a unit, a frame of an event
 * stream, the end of a status check) is handed over to the loop before it is looked at.
 */
@NullMarked
package io.lazystart.netty;

import org.jspecify.annotations.NullMarked;
