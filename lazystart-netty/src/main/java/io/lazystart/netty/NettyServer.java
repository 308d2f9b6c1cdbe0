// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.time.Ticker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small reverse proxy: one listening socket whose requests wake services and are forwarded to them. HTTP/1.1 and
 * HTTP/1.0; epoll where it is available, NIO else; its threads are daemons named {@code lazystart-netty-…}.
 * Thread-safe.
 *
 * <pre>{@code
 * NettyServer server = NettyServer.builder()
 *         .listen(new InetSocketAddress("127.0.0.1", 8080))
 *         .gates(request -> new Destination(gate, watcher, request.target()))
 *         .start();
 * }</pre>
 */
public final class NettyServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NettyServer.class);
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 64 * 1024;
    private static final int MAX_READ = 16 * 1024;

    /** A read of {@value #MAX_READ} bytes cannot hold more requests than this. */
    private static final int MAX_DECODED_REQUESTS = 1024;

    private final Exchanges exchanges;
    private final Upstreams upstreams;
    private final EventLoopGroup loops;
    private final ChannelGroup clients;
    private final Channel listener;
    private final ClientPatience.Limits patience;

    /** Set before the clients are told, read by each connection after it has been added to them. */
    private volatile boolean closing;

    private NettyServer(Builder builder, InetSocketAddress listen, Router gates) throws IOException {
        Transport transport = builder.nioOnly ? Transport.nio() : Transport.best();
        exchanges = new Exchanges(gates, builder.listener, builder.ticker);
        patience = new ClientPatience.Limits(builder.headTimeout, builder.keepAliveTimeout);
        upstreams = new Upstreams(
                builder.ticker, new HostNames(builder.lookup, builder.lookupLimits), builder.maxIdlePerLoop);
        loops = new MultiThreadIoEventLoopGroup(
                builder.threads, new DefaultThreadFactory("lazystart-netty", true), transport.handlers());
        clients = new DefaultChannelGroup("lazystart-clients", loops.next(), true);
        listener = bind(transport, listen);
        log.debug("listening on {} ({})", address(), transport.name());
    }

    /**
     * Begins a server.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private Channel bind(Transport transport, InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap();
        transport.keepAlive().forEach(bootstrap::childOption);
        ChannelFuture binding = bootstrap
                .group(loops)
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true) // how a client that left after its request is noticed
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, MAX_READ))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw failedToBind(address, binding.cause());
        }
        return binding.channel();
    }

    private static IOException failedToBind(InetSocketAddress address, Throwable cause) {
        BindException failure =
                new BindException("listen: " + address + " (expected: a free address; " + cause.getMessage() + ")");
        failure.initCause(cause);
        return failure;
    }

    private void accepted(Channel channel) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(MAX_READ);
        WakeHandler wake = new WakeHandler(exchanges.routes(), exchanges.listener(), exchanges.ticker());
        channel.pipeline()
                .addLast(new HttpServerCodec(limits, MAX_DECODED_REQUESTS), wake, new ForwardingHandler(upstreams))
                .addFirst(new ClientPatience(patience, exchanges.ticker(), wake.connection()));
        clients.add(channel);
        if (closing) {
            channel.close();
        }
    }

    /**
     * Tells where the server listens.
     *
     * @return the bound address, with the real port
     */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /**
     * Stops accepting, closes idle connections, answers requests that wait for a service as its gate does with the
     * reason CLOSING, lets forwarded ones finish, then cuts what is left. Blocks until all is closed; close what the
     * gates belong to after it. Idempotent; must not be called on an event loop.
     *
     * @param grace how long open exchanges get; zero or more
     */
    public void close(Duration grace) {
        closing = true;
        listener.close().awaitUninterruptibly();
        // All know before the first of them ends: whoever sees one end gets no promise on another that cannot be kept.
        tell(clients, ServerClosing.ANNOUNCED).forEach(Future::awaitUninterruptibly);
        tell(clients, ServerClosing.BEGUN);
        boolean finished = clients.newCloseFuture().awaitUninterruptibly(grace.toMillis());
        if (!finished) {
            log.info("{} connections are cut after {}", clients.size(), grace);
        }
        clients.close().awaitUninterruptibly();
        upstreams.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Clients leave the group meanwhile: a stream of it would count them first, and fail. */
    static List<Future<?>> tell(Iterable<Channel> clients, ServerClosing event) {
        List<Future<?>> told = new ArrayList<>();
        for (Channel client : clients) {
            told.add(client.eventLoop().submit(() -> client.pipeline().fireUserEventTriggered(event)));
        }
        return told;
    }

    /** Closes without grace. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** What a server needs to know. Not thread-safe. */
    public static final class Builder {
        private @Nullable InetSocketAddress listen;
        private @Nullable Router gates;
        private ExchangeListener listener = ExchangeListener.NONE;
        private Ticker ticker = Ticker.system();
        private Duration headTimeout = Duration.ofSeconds(30);
        private Duration keepAliveTimeout = Duration.ofSeconds(75);
        private int threads;
        private HostNames.Lookup lookup = InetAddress::getAllByName;
        private HostNames.Limits lookupLimits = HostNames.Limits.DEFAULT;
        private int maxIdlePerLoop = UpstreamPool.MAX_IDLE;
        private boolean nioOnly;

        private Builder() {}

        /**
         * Where to listen.
         *
         * @param address required; port 0 means any free one
         * @return this
         */
        public Builder listen(InetSocketAddress address) {
            listen = Objects.requireNonNull(address, "address");
            return this;
        }

        /**
         * Where requests go.
         *
         * @param resolver required; gives the route of a request, or null to have it answered with 404; called on event
         *     loops, must not block; what it throws is logged and answered with 500
         * @return this
         */
        public Builder gates(Router resolver) {
            gates = Objects.requireNonNull(resolver, "resolver");
            return this;
        }

        /**
         * Who hears the end of every exchange.
         *
         * @param exchangeListener called on event loops, must not block; nobody by default
         * @return this
         */
        public Builder listener(ExchangeListener exchangeListener) {
            listener = Objects.requireNonNull(exchangeListener, "exchangeListener");
            return this;
        }

        /**
         * The clock of summaries, Date headers and idle connections.
         *
         * @param clock the machine's by default
         * @return this
         */
        public Builder ticker(Ticker clock) {
            ticker = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * How many event loops there are.
         *
         * @param count at least 1; Netty's own choice by default, two per core
         * @return this
         */
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("threads: " + count + " (expected: at least 1)");
            }
            threads = count;
            return this;
        }

        /**
         * How long the head of a request may take from its first byte to its last; after that it is answered with 408 and
         * the connection ends. A body has no limit.
         *
         * @param limit 30 seconds by default; more than zero
         * @return this
         */
        public Builder headTimeout(Duration limit) {
            headTimeout = positive("headTimeout", limit);
            return this;
        }

        /**
         * How long a connection is kept that asks for nothing: from its last response, or from its beginning, to the first
         * byte of a request; after that it is closed without a word. A connection with an open request, held, forwarded or
         * an event stream, and an upgraded one are never closed by it.
         *
         * @param limit 75 seconds by default; more than zero. A proxy in front should keep its connections for less
         * @return this
         */
        public Builder keepAliveTimeout(Duration limit) {
            keepAliveTimeout = positive("keepAliveTimeout", limit);
            return this;
        }

        private static Duration positive(String option, Duration limit) {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException(option + ": " + limit + " (expected: more than zero)");
            }
            return limit;
        }

        /** For the warm-up: no connection to a service is kept, so that each request rehearses the making of one. */
        Builder keepNoUpstreams() {
            maxIdlePerLoop = 0;
            return this;
        }

        /** For tests: names that no name server knows. */
        Builder lookup(HostNames.Lookup names, HostNames.Limits limits) {
            lookup = names;
            lookupLimits = limits;
            return this;
        }

        /** For tests: as where there is no epoll. */
        Builder nioOnly() {
            nioOnly = true;
            return this;
        }

        /**
         * Binds the socket and begins to serve.
         *
         * @return the server
         * @throws IOException if the address cannot be bound
         * @throws IllegalStateException if {@link #listen} or {@link #gates} is missing
         */
        public NettyServer start() throws IOException {
            if (listen == null || gates == null) {
                throw new IllegalStateException("server: listen=" + listen + ", gates=" + gates + " (expected: both)");
            }
            return new NettyServer(this, listen, gates);
        }
    }
}
