// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is told that a server ends. */
class ServerClosingTest {
    private static final int CLIENTS = 4;

    private final List<ServerClosing> heard = new ArrayList<>();
    private final ChannelGroup clients = new LeavingClients();

    /** A group that all leave as soon as somebody has seen the first of them. */
    private static final class LeavingClients extends DefaultChannelGroup {
        LeavingClients() {
            super("test-clients", GlobalEventExecutor.INSTANCE);
        }

        @Override
        public Iterator<Channel> iterator() {
            Iterator<Channel> each = super.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return each.hasNext();
                }

                @Override
                public Channel next() {
                    Channel seen = each.next();
                    members().stream().filter(client -> client != seen).forEach(LeavingClients.this::remove);
                    return seen;
                }
            };
        }

        private List<Channel> members() {
            List<Channel> all = new ArrayList<>();
            super.iterator().forEachRemaining(all::add);
            return all;
        }
    }

    private final class Ear extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            heard.add((ServerClosing) event);
        }
    }

    @AfterEach
    void close() {
        clients.close().awaitUninterruptibly();
    }

    @Test
    void tell_othersLeaveMeanwhile_whoIsThereIsTold() {
        List<EmbeddedChannel> all = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            EmbeddedChannel client = new EmbeddedChannel(DefaultChannelId.newInstance(), new Ear());
            all.add(client);
            clients.add(client);
        }
        assertThat(clients.size()).isEqualTo(CLIENTS);

        List<Future<?>> told = NettyServer.tell(clients, ServerClosing.ANNOUNCED);
        all.forEach(EmbeddedChannel::runPendingTasks);

        assertThat(told).isNotEmpty().hasSizeLessThan(CLIENTS).allMatch(Future::isSuccess);
        assertThat(heard).hasSameSizeAs(told).containsOnly(ServerClosing.ANNOUNCED);
    }
}
