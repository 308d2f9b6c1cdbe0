// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection on its way up. A name may have several addresses of which the service listens on one, such as localhost:
 * they are tried in turn. Confined to the event loop.
 */
final class Dial {
    private final Bootstrap bootstrap;
    private final UpstreamPool.Dialer dialer;

    /** The look-up or the connection under way. */
    private @Nullable Future<?> step;

    private boolean cancelled;

    Dial(Bootstrap bootstrap, UpstreamPool.Dialer dialer) {
        this.bootstrap = bootstrap;
        this.dialer = dialer;
    }

    void start(InetSocketAddress to, HostNames names, EventLoop loop) {
        if (!to.isUnresolved()) {
            connect(List.of(to).iterator());
            return;
        }
        Future<List<InetAddress>> found = names.find(to.getHostString(), loop);
        step = found;
        found.addListener((Future<List<InetAddress>> done) -> {
            if (done.isSuccess()) {
                connect(done.getNow().stream()
                        .map(address -> new InetSocketAddress(address, to.getPort()))
                        .iterator());
            } else {
                dialer.refused(done.cause());
            }
        });
    }

    private void connect(Iterator<InetSocketAddress> addresses) {
        ChannelFuture connecting = bootstrap.connect(addresses.next());
        step = connecting;
        connecting.addListener((ChannelFutureListener) done -> {
            if (done.isSuccess()) {
                hand(done.channel());
            } else if (addresses.hasNext() && !cancelled) {
                connect(addresses);
            } else {
                dialer.refused(done.cause());
            }
        });
    }

    /** A future swallows what its listeners throw; here it is the connection's failure, so that its user hears of it. */
    private void hand(Channel channel) {
        try {
            dialer.connected(channel.pipeline().get(UpstreamConnection.class));
        } catch (RuntimeException e) {
            channel.pipeline().fireExceptionCaught(e);
        }
    }

    /** Gives up; the dialer is told that it was refused, unless it is connected already. */
    void cancel() {
        cancelled = true;
        if (step != null) {
            step.cancel(false);
        }
    }
}
