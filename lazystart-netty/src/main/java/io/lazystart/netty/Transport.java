// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How sockets are watched.
 *
 * @param name for the log
 * @param handlers makes the loops' own part
 * @param server the listening sockets; those they accept, and those that connect, are of the same kind
 * @param keepAlive how soon and how often a silent client is asked whether it is there, where that can be set
 */
record Transport(
        String name,
        IoHandlerFactory handlers,
        Class<? extends ServerChannel> server,
        Map<ChannelOption<Integer>, Integer> keepAlive) {
    private static final Logger log = LoggerFactory.getLogger(Transport.class);

    /** Epoll where it is on the class path and the system has it, else NIO. */
    static Transport best() {
        try {
            if (Native.isAvailable()) {
                return Native.transport();
            }
        } catch (LinkageError e) {
            log.debug("epoll is not on the class path", e);
        }
        return nio();
    }

    static Transport nio() {
        return new Transport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, Map.of());
    }

    /**
     * Whether the other side of a connection is known to be gone. For a half-closed connection, whose reset no read will
     * tell; false where the kernel cannot be asked, and once our own output is ended: a connection that both sides have
     * ended in order is in the same state as one that was reset.
     */
    static boolean isGone(Channel channel) {
        try {
            return Native.isGone(channel);
        } catch (LinkageError e) {
            return false;
        }
    }

    /** Has the kernel ask from time to time whether the other side is there, where {@link #isGone} can tell the answer. */
    static void keepAsking(Channel channel) {
        try {
            Native.keepAsking(channel);
        } catch (LinkageError e) {
            log.debug("epoll is not on the class path", e);
        }
    }

    /** How much of what was written to a connection the kernel has not taken yet; each part of it that it takes counts. */
    static long unsent(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    /** Apart, because its classes are an optional dependency: it is linked when first used, inside the try above. */
    private static final class Native {
        private static final int TCP_CLOSE = 7; // of the kernel's enumeration of TCP states
        private static final Map<ChannelOption<Integer>, Integer> KEEP_ALIVE = Map.of(
                EpollChannelOption.TCP_KEEPIDLE,
                15,
                EpollChannelOption.TCP_KEEPINTVL,
                15,
                EpollChannelOption.TCP_KEEPCNT,
                4);

        private Native() {}

        static boolean isAvailable() {
            return Epoll.isAvailable();
        }

        static Transport transport() {
            return new Transport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class, KEEP_ALIVE);
        }

        static void keepAsking(Channel channel) {
            if (channel instanceof EpollSocketChannel socket && socket.isOpen()) {
                socket.config().setKeepAlive(true);
                KEEP_ALIVE.forEach(socket.config()::setOption);
            }
        }

        static boolean isGone(Channel channel) {
            if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen() || socket.isOutputShutdown()) {
                return false;
            }
            try {
                return socket.tcpInfo().state() == TCP_CLOSE;
            } catch (ChannelException e) {
                log.debug("no TCP_INFO of {}", channel, e);
                return false;
            }
        }
    }
}
