// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends GETs at a fixed rate, whatever becomes of those before: each on a connection that is free, or on a new one. Times
 * count from the moment at which a request was due, so that what is late because of others is late here too. Nothing is
 * sent twice.
 */
final class OpenLoop implements AutoCloseable {
    private static final int MAX_BODY = 64 * 1_024;
    private static final long PATIENCE_SECONDS = 60;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("benchmarks-client", true), NioIoHandler.newFactory());
    private final InetSocketAddress server;

    /** Connections without a request. Touched by the loop only. */
    private final Deque<Connection> free = new ArrayDeque<>();

    OpenLoop(InetSocketAddress server) {
        this.server = server;
    }

    /** Hears what a request got, on the thread of the loop. */
    @FunctionalInterface
    interface Listener {

        /**
         * Called once for each request.
         *
         * @param target of the request
         * @param got the status of the answer, or in words what came instead of a right one
         * @param nanos from the moment at which it was due
         */
        void onEnd(String target, String got, long nanos);
    }

    /** Sends so many requests and returns when all have ended. */
    void run(int requests, int rate, IntFunction<String> targets, Listener listener) throws InterruptedException {
        CountDownLatch left = new CountDownLatch(requests);
        long begun = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            long due = begun + i * TimeUnit.SECONDS.toNanos(1) / rate;
            Sent sent = new Sent(targets.apply(i), due, listener, left);
            waitUntil(due);
            loop.execute(() -> send(sent));
        }
        if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(left.getCount() + " requests have no end");
        }
    }

    private static void waitUntil(long nanos) {
        long rest = nanos - System.nanoTime();
        while (rest > 0) {
            LockSupport.parkNanos(rest);
            rest = nanos - System.nanoTime();
        }
    }

    private void send(Sent sent) {
        Connection known = free.pollLast();
        if (known != null) {
            known.send(sent);
            return;
        }
        Connection made = new Connection();
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_BODY), made);
                    }
                })
                .connect(server)
                .addListener((ChannelFuture connecting) -> {
                    if (connecting.isSuccess()) {
                        made.send(sent);
                    } else {
                        sent.end("no connection");
                    }
                });
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private record Sent(String target, long due, Listener listener, CountDownLatch left) {
        void end(String got) {
            listener.onEnd(target, got, System.nanoTime() - due);
            left.countDown();
        }

        /** An answer is right only with the body that belongs to it. */
        void end(FullHttpResponse answer) {
            boolean right = answer.status().code() != 200
                    || answer.content().toString(StandardCharsets.US_ASCII).equals(target);
            end(right ? answer.status().codeAsText().toString() : "another's answer");
        }
    }

    /** One request at a time. */
    private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {
        private @Nullable ChannelHandlerContext context;
        private @Nullable Sent sent;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        void send(Sent next) {
            ChannelHandlerContext open = context;
            if (open == null || !open.channel().isActive()) {
                next.end("cut");
                return;
            }
            sent = next;
            FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, next.target());
            request.headers().set(HttpHeaderNames.HOST, "benchmark.localhost");
            open.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ignored, FullHttpResponse answer) {
            Sent answered = sent;
            sent = null;
            if (HttpUtil.isKeepAlive(answer)) {
                free.add(this);
            }
            if (answered != null) {
                answered.end(answer);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ignored) {
            free.remove(this);
            Sent unanswered = sent;
            sent = null;
            if (unanswered != null) {
                unanswered.end("cut");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
            failed.close();
        }
    }
}
