// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.watch.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The wake handler in somebody else's pipeline. */
class WakeHandlerTest {
    @RegisterExtension
    final FrontDoor leakCheck = new FrontDoor();

    private final TestService service = new TestService();
    private final List<ExchangeSummary> ended = new ArrayList<>();
    private final List<Lease> seen = new ArrayList<>();
    private EmbeddedChannel channel;

    private EmbeddedChannel pipeline() {
        channel = new EmbeddedChannel(
                new HttpServerCodec(),
                new WakeHandler(
                        request -> request.target().startsWith("/ours")
                                ? new Destination(service, service, request.target())
                                : null,
                        ended::add,
                        io.lazystart.time.Ticker.system()),
                new HttpObjectAggregator(1024 * 1024),
                new Application());
        return channel;
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        assertThat(service.openLeases()).isZero();
        assertThat(service.doubleCloses()).isZero();
    }

    private static ByteBuf request(String target, String body) {
        String text = "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private String written() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.append(part.toString(StandardCharsets.UTF_8));
            part.release();
        }
        return all.toString();
    }

    @Test
    void request_withoutRoute_goesOnUntouched() {
        pipeline().writeInbound(request("/theirs", "abc"));

        assertThat(written()).endsWith("/theirs abc");
        assertThat(seen).containsExactly((Lease) null);
        assertThat(service.asked).isEmpty();
    }

    @Test
    void request_ready_goesOnWithItsLeaseUntilTheResponseHasEnded() {
        pipeline().writeInbound(request("/ours", "abc"));

        assertThat(written()).endsWith("/ours abc");
        assertThat(seen).doesNotContainNull().hasSize(1);
        assertThat(service.openLeases()).isZero();
        assertThat(WakeHandler.lease(channel)).isNull();
        assertThat(ended)
                .singleElement()
                .satisfies(summary -> assertThat(summary.bytes()).isEqualTo(9));
    }

    @Test
    void request_held_goesOnWhenReadyAndLaterOnesWaitBehindIt() throws Exception {
        service.decide(request -> service.hold());
        pipeline().writeInbound(request("/ours", "first"), request("/theirs", "second"));
        assertThat(written()).isEmpty();

        service.nextHold().complete(service.lease());
        channel.runPendingTasks();

        assertThat(written()).containsSubsequence("/ours first", "/theirs second");
    }

    @Test
    void held_channelCloses_waitIsCancelledAndReported() throws Exception {
        service.decide(request -> service.hold());
        pipeline().writeInbound(request("/ours", "abc"));

        channel.close();

        assertThat(service.nextHold()).isCancelled();
        assertThat(ended)
                .singleElement()
                .satisfies(summary -> assertThat(summary.status()).isEqualTo(ExchangeSummary.CLIENT_LEFT));
    }

    @Test
    void upgrade_byTheApplication_leaseLastsUntilTheConnectionEnds() {
        pipeline().pipeline().replace(Application.class, "ws", new WebSocketServerProtocolHandler("/ours"));
        channel.pipeline().addLast(new Echo());
        channel.writeInbound(Unpooled.copiedBuffer(
                Wire.message(
                        "GET /ours HTTP/1.1",
                        "Host: a",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "Sec-WebSocket-Version: 13"),
                StandardCharsets.US_ASCII));
        assertThat(written()).startsWith("HTTP/1.1 101");
        assertThat(service.openLeases()).isEqualTo(1);

        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'}));

        assertThat(written()).endsWith("hi");
        assertThat(service.openLeases()).isEqualTo(1);
        channel.close();
        assertThat(service.openLeases()).isZero();
    }

    /** Answers with the target and the body. */
    private final class Application extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            seen.add(WakeHandler.lease(ctx.channel()));
            String text = request.uri() + " " + request.content().toString(StandardCharsets.UTF_8);
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, text.length());
            ctx.writeAndFlush(response);
        }
    }

    private static final class Echo extends SimpleChannelInboundHandler<TextWebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
            ctx.writeAndFlush(frame.retain());
        }
    }
}
