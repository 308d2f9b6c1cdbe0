// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.watch.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on its way through: the client leg, the upstream leg, and what is between them. The request goes {@code
 * clientToProxy} and {@code proxyToServer}, the response {@code serverToProxy} and {@code proxyToClient} (see {@link
 * ResponseRelay}). Confined to the event loop of both legs.
 */
final class Forwarding implements UpstreamPool.Dialer, UpstreamConnection.User {
    private static final Set<String> SAFE_TO_REPEAT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

    /** A request that cannot be sent twice takes an idle connection only if its server can hardly be closing it. */
    private static final long SURELY_OPEN_NANOS = Duration.ofSeconds(1).toNanos();

    private final ChannelHandlerContext ctx;
    private final ClientConnection client;
    private final Exchange exchange;
    private final Destination route;
    private final UpstreamPool pool;
    private final ResponseRelay response;
    private final RequestBuffer unsent = new RequestBuffer();

    private @Nullable LossWatch loss;
    private @Nullable Dial dialing;
    private @Nullable UpstreamConnection upstream;
    private @Nullable Tunnel tunnel;
    private boolean requestSent;
    private boolean bodySent;
    private boolean repeated;
    private boolean readmitted;
    private boolean over;

    Forwarding(ChannelHandlerContext ctx, ClientConnection client, Exchange exchange, UpstreamPool pool) {
        this.ctx = ctx;
        this.client = client;
        this.exchange = exchange;
        this.route = Objects.requireNonNull(exchange.route(), "route");
        this.pool = pool;
        this.response = new ResponseRelay(ctx, client, exchange);
    }

    // Finding an upstream.

    void start() {
        LossWatch watch = new LossWatch(exchange, ctx.executor(), this::lost);
        loss = watch;
        watch.start();
        connect();
    }

    private void connect() {
        if (unitIsLost()) {
            leaveUnit();
            return;
        }
        UpstreamKey key = key();
        if (key == null) {
            fail(502, "The service has no address that is spoken to over plain HTTP.");
            return;
        }
        boolean repeatable = SAFE_TO_REPEAT.contains(exchange.request().method()) && !exchange.announcesBody();
        UpstreamConnection pooled = repeated ? null : pool.take(key, repeatable ? Long.MAX_VALUE : SURELY_OPEN_NANOS);
        if (pooled != null) {
            connected(pooled);
        } else {
            dialing = pool.dial(key, channelType(), this);
        }
    }

    private @Nullable UpstreamKey key() {
        Lease lease = Objects.requireNonNull(exchange.lease(), "lease");
        URI uri = lease.upstream();
        if (uri == null || uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
            return null;
        }
        return new UpstreamKey(route.watcher(), lease.epoch(), uri);
    }

    private Class<? extends Channel> channelType() {
        return ctx.channel().getClass();
    }

    @Override
    public void connected(UpstreamConnection connection) {
        dialing = null;
        if (unitIsLost()) {
            connection.discard(); // whoever took the connection may be another service
            leaveUnit();
            return;
        }
        if (over) {
            pool.give(connection);
            return;
        }
        upstream = connection;
        connection.usedBy(this);
        connection.readOn(ctx.channel().isWritable());
        proxyToServer(connection);
    }

    @Override
    public void refused(Throwable cause) {
        dialing = null;
        if (over) {
            return;
        }
        if (cause instanceof ConnectTimeoutException) {
            route.watcher().check();
            fail(504, "The service did not take the connection in time.");
        } else if (cause instanceof UnknownHostException) {
            fail(502, "The host name of the service is not known.");
        } else if (cause instanceof LookupFailure failure) {
            fail(failure.status(), failure.problem());
        } else if (readmitted) {
            route.watcher().check();
            fail(502, "The service refused the connection.");
        } else {
            readmit();
        }
    }

    private boolean unitIsLost() {
        return loss != null && loss.isLost();
    }

    /** The unit has ended, and its address may be another's by now: whoever is there is not to get the request. */
    private void leaveUnit() {
        if (over) {
            return;
        }
        if (readmitted) {
            route.watcher().check();
            fail(502, "The service was stopped before it answered.");
        } else {
            readmit();
        }
    }

    private void readmit() {
        readmitted = true;
        route.watcher().check().whenComplete((snapshot, failure) -> onLoop(this::askAgain));
    }

    /** Nothing of the request was sent, or it may be repeated: it waits for the next incarnation or meets this one. */
    private void askAgain() {
        if (!over) {
            client.readmit(route, this::admittedAgain, this::abandon);
        }
    }

    private void admittedAgain(Lease lease) {
        if (over || exchange.isOver()) {
            lease.close(); // the client was refused, or has left, while the lease was on its way
            return;
        }
        exchange.lease(lease);
        start();
    }

    // The request.

    void clientToProxy(Object message) {
        if (tunnel != null) {
            tunnel.clientToServer(message);
        } else if (over || !(message instanceof HttpContent content)) {
            ReferenceCountUtil.release(message);
        } else if (content.decoderResult().isFailure()) {
            content.release();
            malformed();
        } else if (upstream != null) {
            send(upstream, content);
            client.upstreamIsSlow(!requestSent && !upstream.channel().isWritable());
        } else {
            unsent.add(content);
            client.upstreamIsSlow(unsent.isFull());
        }
    }

    private void malformed() {
        boolean begun = exchange.responseBegun();
        abandon();
        if (begun) {
            client.cut();
        } else {
            client.refuse(Problem.BODY_MALFORMED);
        }
    }

    private void proxyToServer(UpstreamConnection connection) {
        boolean secure = ctx.pipeline().get(SslHandler.class) != null;
        DefaultHttpRequest head = new DefaultHttpRequest(
                HttpVersion.HTTP_1_1,
                exchange.head().method(),
                route.target(),
                ProxyHeaders.toUpstream(exchange, secure, connection.key().authority()));
        connection.channel().write(head);
        for (HttpContent content = unsent.poll(); content != null; content = unsent.poll()) {
            send(connection, content);
        }
        client.upstreamIsSlow(!requestSent && !connection.channel().isWritable());
        connection.channel().flush();
    }

    private void send(UpstreamConnection connection, HttpContent content) {
        bodySent |= content.content().isReadable();
        if (content instanceof LastHttpContent last) {
            requestSent = true;
            ProxyHeaders.dropHopByHop(last.trailingHeaders());
        }
        connection.channel().write(content);
    }

    void clientPaused() {
        if (upstream != null) {
            upstream.channel().flush();
        }
    }

    @Override
    public void serverWritability(boolean writable) {
        if (tunnel != null || !requestSent) {
            client.upstreamIsSlow(!writable);
        }
    }

    // The response.

    @Override
    public void serverToProxy(Object message) {
        UpstreamConnection connection = Objects.requireNonNull(upstream, "upstream");
        if (tunnel != null) {
            tunnel.serverToClient(message);
            return;
        }
        switch (response.proxyToClient((HttpObject) message, requestSent)) {
            case MORE -> {}
            case MALFORMED -> serverGone("sent a malformed response");
            case SWITCHED -> {
                tunnel = new Tunnel(ctx, connection, client);
                tunnel.open(); // what the codecs still hold comes out at once, and must find the tunnel
            }
            case ENDED -> {
                over = true;
                upstream = null;
                client.upstreamIsSlow(false);
                if (requestSent && response.serverKeepsAlive()) {
                    pool.give(connection);
                } else {
                    connection.discard();
                }
                ctx.flush();
            }
        }
    }

    @Override
    public void serverPaused() {
        ctx.flush();
    }

    void clientWritability(boolean writable) {
        if (upstream != null) {
            upstream.readOn(writable);
        }
    }

    // The ends.

    void clientInputClosed() {
        if (tunnel != null) {
            tunnel.clientInputClosed();
        }
    }

    @Override
    public void serverInputClosed() {
        if (tunnel != null) {
            tunnel.serverInputClosed();
        } else if (upstream != null) {
            upstream.channel().close(); // serverGone follows
        }
    }

    @Override
    public void serverGone(String observed) {
        UpstreamConnection gone = upstream;
        if (over || gone == null) {
            return;
        }
        gone.discard();
        upstream = null;
        if (tunnel != null) {
            over = true;
            tunnel.serverGone();
        } else if (response.begun()) {
            abandon();
            client.cut();
        } else if (mayRepeat(gone)) {
            repeated = true;
            requestSent = false;
            unsent.add(LastHttpContent.EMPTY_LAST_CONTENT);
            connect();
        } else {
            route.watcher().check();
            fail(502, "The service " + observed + " before it answered.");
        }
    }

    private boolean mayRepeat(UpstreamConnection gone) {
        return gone.isReused()
                && !repeated
                && requestSent
                && !bodySent
                && SAFE_TO_REPEAT.contains(exchange.request().method());
    }

    /** The unit died or was stopped by force, and nothing has come from it since. */
    private void lost() {
        if (upstream != null) {
            serverGone("was stopped");
        } else if (dialing != null) {
            dialing.cancel();
        }
    }

    private void fail(int status, String problem) {
        abandon();
        client.answered(route.gate().upstreamFailed(exchange.request(), status, problem));
    }

    /** Gives up the upstream leg. */
    void abandon() {
        over = true;
        unsent.releaseAll();
        if (dialing != null) {
            dialing.cancel();
        }
        UpstreamConnection connection = upstream;
        upstream = null;
        if (connection != null) {
            connection.discard();
        }
    }

    private void onLoop(Runnable task) {
        if (!ctx.executor().isShuttingDown()) {
            ctx.executor().execute(task);
        }
    }
}
