// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.HttpAnswer;
import io.lazystart.http.Outcome;
import io.lazystart.watch.Lease;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: takes its requests one at a time, holds them, answers them or passes them on. Confined to the
 * event loop.
 *
 * <pre>
 *         request          admitted           response written, request read
 *   IDLE ─────────▶ HELD ────────────▶ PASSING ─────────────────────────────▶ IDLE
 *                    │ answered            │ answered after all                ▲
 *                    └───────────────▶ DROPPING ───────────────────────────────┘
 *   PASSING ── 101 ──▶ UPGRADED         any ── last response written, tunnel over ──▶ CLOSED
 * </pre>
 */
final class ClientConnection implements Admission.Outcomes {
    static final AttributeKey<ClientConnection> KEY = AttributeKey.valueOf(ClientConnection.class, "connection");

    private static final long LOOK_SECONDS = 1;

    /** What becomes of a message that arrives. */
    private enum Phase {
        /** It begins an exchange. */
        IDLE,
        /** It waits. */
        HELD,
        /** It goes on until the request is whole; what comes behind waits. */
        PASSING,
        /** It is dropped until the request is whole; what comes behind waits. */
        DROPPING,
        /** It goes on; the connection no longer speaks HTTP. */
        UPGRADED,
        /** It is dropped; nothing will be answered any more. */
        CLOSED
    }

    private final ChannelHandlerContext ctx;
    private final Exchanges exchanges;
    private final Inbox inbox = new Inbox();
    private final ReadValve valve;
    private final ResponseWriter responses;

    private Phase phase = Phase.IDLE;
    private @Nullable Exchange current;
    private @Nullable PendingAnswer pending;
    private @Nullable EventStream stream;
    private long exchangesOpened;
    private long waitingSince;
    private boolean delivering;
    private boolean inputClosed;
    private boolean closing;

    ClientConnection(ChannelHandlerContext ctx, Exchanges exchanges) {
        this.ctx = ctx;
        this.exchanges = exchanges;
        this.valve = new ReadValve(ctx.channel());
        this.responses = new ResponseWriter(ctx, exchanges.ticker(), this);
        this.waitingSince = exchanges.ticker().nanos();
    }

    /** The exchange that is open now; null between two requests. */
    @Nullable
    Exchange current() {
        return current;
    }

    /** Whether the next request, or its head, is still to come. */
    boolean isWaiting() {
        return phase == Phase.IDLE && inbox.isEmpty();
    }

    /** When the last response ended; before the first, when the connection was made. */
    long waitingSince() {
        return waitingSince;
    }

    /** How many have been opened so far. */
    long exchanges() {
        return exchangesOpened;
    }

    /** Whether the client has ended its direction. */
    boolean isInputClosed() {
        return inputClosed;
    }

    /** Whether the client has gone on in HTTP behind the request that is open. */
    boolean isAhead() {
        return !inbox.isEmpty();
    }

    /** Whether no request will come any more. */
    boolean isPastRequests() {
        return phase == Phase.UPGRADED || phase == Phase.CLOSED;
    }

    /** Stops and resumes reading on behalf of whoever takes the body. */
    void upstreamIsSlow(boolean slow) {
        valve.set(ReadValve.Reason.UPSTREAM_SLOW, slow);
    }

    // What the client sends.

    void received(HttpObject message) {
        inbox.add(message);
        deliver();
    }

    private void deliver() {
        if (delivering) {
            return; // the loop below goes on with what this call would have begun with
        }
        delivering = true;
        try {
            while (takesMessages() && !inbox.isEmpty()) {
                take(Objects.requireNonNull(inbox.poll(), "message"));
            }
        } finally {
            delivering = false;
        }
        valve.set(ReadValve.Reason.INBOX_FULL, phase != Phase.CLOSED && inbox.isFull());
        closeIfClientLeft();
    }

    private boolean takesMessages() {
        return switch (phase) {
            case IDLE, UPGRADED, CLOSED -> true;
            case HELD -> false;
            case PASSING, DROPPING -> !open().requestWhole();
        };
    }

    private void take(Object message) {
        switch (phase) {
            case IDLE -> begin(message);
            case PASSING -> pass(message);
            case DROPPING -> drop(message);
            case UPGRADED -> ctx.fireChannelRead(message);
            case HELD, CLOSED -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(Object message) {
        if (!(message instanceof HttpRequest request)) {
            ReferenceCountUtil.release(message);
            return;
        }
        Exchange exchange = exchanges.open(request, ctx.channel().remoteAddress());
        current = exchange;
        exchangesOpened++;
        phase = Phase.HELD;
        Problem problem = exchange.problem();
        Destination route = exchange.route();
        if (problem != null) {
            refuse(problem);
        } else if (route == null) {
            passOn();
        } else {
            ask(exchange, route, this);
        }
    }

    private void ask(Exchange exchange, Destination route, Admission.Outcomes outcomes) {
        new Admission(exchange, ctx.executor(), exchanges.ticker(), outcomes).ask(route.gate());
        if (closing) {
            exchange.turnAway(); // what is ready is served to the end, but nothing is waited for any more
        }
    }

    private void passOn() {
        phase = Phase.PASSING;
        pass(open().head());
        replay();
    }

    /** Delivers what waited; outside a read nobody else says that this was all for now. */
    private void replay() {
        if (!delivering) {
            deliver();
            ctx.fireChannelReadComplete();
        }
    }

    private void pass(Object message) {
        Exchange exchange = open();
        boolean last = endsRequest(message);
        if (last) {
            exchange.requestIsWhole();
        }
        ctx.fireChannelRead(message);
        if (last && exchange == current && exchange.isOver()) {
            next();
        }
    }

    private void drop(Object message) {
        boolean tooMuch = pending != null && pending.dropped(message);
        boolean last = endsRequest(message);
        boolean broken = !last && message instanceof LastHttpContent;
        ReferenceCountUtil.release(message);
        if (last) {
            open().requestIsWhole();
        }
        if (last || tooMuch || broken) {
            answerPending(last);
        }
    }

    /** The decoder puts an end to a malformed body too; where the next request begins is unknown then. */
    private static boolean endsRequest(Object message) {
        return message instanceof LastHttpContent last && last.decoderResult().isSuccess();
    }

    // What the gate says; also called again when an upstream turned out to be gone.

    @Override
    public void admitted(Lease lease) {
        open().lease(lease);
        passOn();
    }

    @Override
    public void answered(HttpAnswer answer) {
        Exchange exchange = open();
        boolean bodyHasBegun = phase == Phase.PASSING || !inbox.isEmpty();
        takeOver(exchange);
        if (exchange.requestWhole()) {
            responses.answer(exchange, answer, true);
        } else if (PendingAnswer.isPointless(exchange, bodyHasBegun)) {
            responses.answer(exchange, answer, false);
        } else {
            pending = new PendingAnswer(answer, ctx.executor(), () -> answerPending(false));
        }
        deliver();
    }

    /** Answers at once and ends the connection: what the client sends is not to be trusted. */
    void refuse(Problem problem) {
        Exchange exchange = open();
        takeOver(exchange);
        responses.answer(exchange, problem.answer(), false);
    }

    private void answerPending(boolean keepAlive) {
        if (pending != null) {
            HttpAnswer answer = pending.take();
            pending = null;
            responses.answer(open(), answer, keepAlive);
        }
    }

    @Override
    public void streamed(Outcome.Events events) {
        Exchange exchange = open();
        takeOver(exchange);
        stream = responses.open(exchange, events);
        deliver();
    }

    /** From here on nobody but us answers; the message that began the exchange has found no taker. */
    private void takeOver(Exchange exchange) {
        if (phase == Phase.HELD) {
            if (exchange.head() instanceof LastHttpContent) {
                exchange.requestIsWhole();
            }
            ReferenceCountUtil.release(exchange.head());
        }
        phase = Phase.DROPPING;
        upstreamIsSlow(false);
    }

    // What the forwarding handler asks for.

    /** Asks the gate once more about the open exchange, which has answered nothing yet. */
    void readmit(Destination route, Consumer<Lease> admitted, Runnable otherwise) {
        ask(open(), route, Admission.retried(this, admitted, otherwise));
    }

    /** Ends a response that cannot be completed so that it does not look whole. */
    void cut() {
        if (open().closeDelimited()) {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0); // the end must be a reset
        }
        ctx.close();
    }

    // What goes back to the client.

    void write(Object message, ChannelPromise promise) {
        Exchange exchange = current;
        ctx.write(message, exchange == null ? promise : responses.accounted(exchange, message, promise));
    }

    boolean isUpgraded() {
        return phase == Phase.UPGRADED;
    }

    void upgraded() {
        phase = Phase.UPGRADED;
    }

    /** What was upgraded has left the service; the client's connection may last a while yet. */
    void tunnelOver(boolean whole) {
        open().end(whole);
        phase = Phase.CLOSED;
        inbox.releaseAll();
    }

    /** Whether another response may follow on this connection. */
    boolean mayContinue(Exchange exchange) {
        boolean lastRequest = inputClosed && inbox.isEmpty();
        return exchange.clientKeepsAlive() && !closing && !lastRequest;
    }

    void responseWritten(Exchange exchange, boolean success, boolean isLast) {
        exchange.end(success);
        if (!success) {
            ctx.close();
        } else if (isLast) {
            phase = Phase.CLOSED;
            inbox.releaseAll();
            LingeringClose.of(ctx, inputClosed);
        } else if (exchange.requestWhole()) {
            next();
        }
    }

    private void next() {
        current = null;
        stream = null;
        phase = Phase.IDLE;
        waitingSince = exchanges.ticker().nanos();
        replay();
        if (closing) {
            closeWhenIdle();
        }
    }

    // The end.

    void inputClosed() {
        inputClosed = true;
        closeIfClientLeft();
        lookAfterClient();
    }

    /** A client that has ended its output may go altogether while it waits; nothing is read any more that says so. */
    private void lookAfterClient() {
        if (phase == Phase.CLOSED || !ctx.channel().isActive()) {
            return;
        }
        if (Transport.isGone(ctx.channel())) {
            ctx.close();
        } else {
            ctx.executor().schedule(this::lookAfterClient, LOOK_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A client that closes its direction in the middle of a request has left; after a request it may be waiting. */
    private void closeIfClientLeft() {
        boolean nothingToAnswer = current == null ? inbox.isEmpty() : !open().requestWhole() && !inbox.holdsEnd();
        if (inputClosed && phase != Phase.UPGRADED && phase != Phase.CLOSED && nothingToAnswer) {
            ctx.close();
        }
    }

    /** Nothing is accepted any more after what is open. */
    void closeSoon() {
        closing = true;
    }

    /** Ends the connection as soon as what is open on it is answered; what waits for a service is answered now. */
    void closeWhenIdle() {
        closing = true;
        if (current == null && inbox.isEmpty()) {
            ctx.close();
        } else if (stream != null) {
            stream.finish();
        } else if (current != null) {
            current.turnAway();
        }
    }

    void ended() {
        if (current != null) {
            current.end(phase == Phase.UPGRADED);
        }
        if (pending != null) {
            pending.take();
            pending = null;
        }
        phase = Phase.CLOSED;
        inbox.releaseAll();
    }

    private Exchange open() {
        return Objects.requireNonNull(current, "current");
    }
}
