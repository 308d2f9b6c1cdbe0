// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lazystart.watch.Lease;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Epoll and NIO, threads, and a socket that cannot be had. */
class TransportTest {
    @RegisterExtension
    final FrontDoor door = new FrontDoor();

    @Test
    void best_epollIsAvailable_isEpoll() {
        assumeTrue(Epoll.isAvailable());

        assertThat(Transport.best().name()).isEqualTo("epoll");
    }

    @Test
    void best_epollIsNotOnTheClassPath_isNio() throws Exception {
        Class<?> transport = Class.forName(Transport.class.getName(), true, new WithoutEpoll());
        Method best = transport.getDeclaredMethod("best");
        Method name = transport.getDeclaredMethod("name");
        best.setAccessible(true);
        name.setAccessible(true);

        Object found = best.invoke(null);

        assertThat(name.invoke(found)).isEqualTo("nio");
    }

    @Test
    void server_threads_areDaemonsWithOurName() {
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("lazystart-netty-"))
                .isNotEmpty()
                .allMatch(Thread::isDaemon);
    }

    @Test
    void start_addressIsTaken_failsNamingIt() {
        NettyServer.Builder second =
                NettyServer.builder().listen(door.server().address()).gates(request -> null);

        assertThatThrownBy(second::start)
                .isInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + door.server().address().getPort());
    }

    @Test
    void start_withoutGates_isRefused() {
        NettyServer.Builder builder = NettyServer.builder().listen(door.server().address());

        assertThatThrownBy(builder::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void held_clientEndsItsOutputThenResets_waitIsCancelled() throws Exception {
        assumeTrue(Epoll.isAvailable());
        door.service().decide(request -> door.service().hold());
        Wire client = door.connect();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.endOutput();
        CompletableFuture<Lease> hold = door.service().nextHold();
        CountDownLatch ended = new CountDownLatch(1);
        hold.whenComplete((lease, failure) -> ended.countDown());

        client.reset();

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hold).isCancelled();
    }

    @Test
    void held_moreIsSentThanIsRead_clientResets_waitIsCancelled() throws Exception {
        assumeTrue(Epoll.isAvailable());
        Flood flood = new Flood(128L * 1024 * 1024);
        door.service().decide(request -> door.service().hold());
        Wire client = door.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + flood.length() + "\r\n\r\n");
        CompletableFuture<Lease> hold = door.service().nextHold();
        CountDownLatch ended = new CountDownLatch(1);
        hold.whenComplete((lease, failure) -> ended.countDown());
        Thread sender = flood.startInto(client);
        assertThat(flood.isHeldBack()).isTrue();

        client.reset();

        sender.join();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hold).isCancelled();
    }

    @Test
    void upgraded_serverEndsAndThenIsGone_clientIsSilent_leaseEnds() throws Exception {
        assumeTrue(Epoll.isAvailable());
        CountDownLatch told = new CountDownLatch(1);
        RawUpstream upstream = new RawUpstream(wire -> {
            wire.head();
            wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nbye");
            wire.endOutput();
            told.await();
            wire.reset();
        });
        door.service().upstream(upstream.uri());
        try (upstream;
                Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
            client.head();
            assertThat(client.rest()).asString(StandardCharsets.US_ASCII).isEqualTo("bye");
            assertThat(door.service().openLeases()).isEqualTo(1);

            told.countDown();

            door.service().awaitNoLeases();
        }
    }

    @Test
    void isGone_bothSidesHaveEndedInOrder_isFalse() throws Exception {
        assumeTrue(Epoll.isAvailable());
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        EventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, Transport.best().handlers());
        Channel listener = listen(loop, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                ((DuplexChannel) ctx.channel()).shutdownOutput();
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof ChannelInputShutdownEvent) {
                    gone.complete(Transport.isGone(ctx.channel()));
                }
            }
        });
        try (Wire client = Wire.to((InetSocketAddress) listener.localAddress())) {
            assertThat(client.ended()).isTrue();

            client.endOutput();

            assertThat(gone.get(10, TimeUnit.SECONDS)).isFalse();
        } finally {
            loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel listen(EventLoopGroup loop, ChannelHandler accepted) throws InterruptedException {
        return new ServerBootstrap()
                .group(loop)
                .channel(Transport.best().server())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(accepted)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    /** Loads our classes anew and finds no epoll. */
    private static final class WithoutEpoll extends ClassLoader {
        WithoutEpoll() {
            super(TransportTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.netty.channel.epoll.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(Transport.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = bytes.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** A client that is switched off sends no end; without being asked for it would hold its lease for ever. */
    @Test
    void held_clientSaysNothing_isAskedWhetherItIsThere() throws Exception {
        assumeTrue(Epoll.isAvailable());
        door.service().decide(request -> door.service().hold());
        try (Wire client = door.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            CompletableFuture<Lease> hold = door.service().nextHold();

            assertThat(timerOf(client.socket().getLocalPort()))
                    .as("of the server's socket: 2 is keep-alive, then hundredths of a second")
                    .satisfies(timer -> assertThat(timer.split(":", -1)[0]).isEqualTo("02"))
                    .satisfies(timer -> assertThat(Integer.parseInt(timer.split(":", -1)[1], 16))
                            .isBetween(1, 1_500));
            hold.cancel(true);
        }
    }

    /** The timer that the kernel has set for the connection to this port of ours. */
    private String timerOf(int clientPort) throws IOException {
        String server = ":%04X ".formatted(door.server().address().getPort());
        String client = ":%04X ".formatted(clientPort);
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                int at = line.indexOf(server);
                if (at >= 0 && line.indexOf(client) > at) {
                    return line.strip().split("\\s+", -1)[5];
                }
            }
        }
        throw new AssertionError("no connection from port " + clientPort);
    }
}
