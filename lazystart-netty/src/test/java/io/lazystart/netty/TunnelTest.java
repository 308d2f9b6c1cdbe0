// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In which order the two directions of a tunnel end, and what is still on its way then. */
class TunnelTest {
    @RegisterExtension
    final FrontDoor leakCheck = new FrontDoor();

    private final HostNames names = new HostNames(InetAddress::getAllByName, HostNames.Limits.DEFAULT);
    private final EmbeddedPeer client = new EmbeddedPeer();
    private final EmbeddedPeer server = new EmbeddedPeer();
    private final UpstreamConnection upstream = new UpstreamConnection(
            new UpstreamKey(new TestService(), 1, URI.create("http://127.0.0.1:1")),
            new UpstreamPool(server.eventLoop(), Ticker.system(), names, 0),
            server);
    private final TestService service = new TestService();
    private final List<ExchangeSummary> ended = new ArrayList<>();
    private final ClientConnection connection = new ClientConnection(
            client.pipeline().lastContext(),
            new Exchanges(request -> new Destination(service, service, request.target()), ended::add, Ticker.system()));
    private final Tunnel tunnel = new Tunnel(client.pipeline().lastContext(), upstream, connection);

    @BeforeEach
    void upgrade() {
        client.freezeTime();
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        request.headers().set(HttpHeaderNames.HOST, "a");
        connection.received(request);
        connection.upgraded();
    }

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
        names.close();
    }

    private void serverSays(String text) {
        tunnel.serverToClient(bytes(text));
        client.flush();
    }

    private void clientSays(String text) {
        tunnel.clientToServer(bytes(text));
        server.flush();
    }

    private void clientEnds() {
        connection.inputClosed();
        tunnel.clientInputClosed();
    }

    private void clientIsSilent() {
        pass(5);
    }

    private void pass(int seconds) {
        for (int second = 1; second <= seconds; second++) {
            client.advanceTimeBy(1, TimeUnit.SECONDS);
            client.runScheduledPendingTasks();
        }
    }

    private void assertOverAfterThirtySeconds() {
        pass(29);
        assertThat(client.isOpen()).as("client's connection is open").isTrue();
        pass(1);
        assertOver();
        assertThat(ended).extracting(ExchangeSummary::whole).containsExactly(false);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private void assertOver() {
        assertThat(client.isOpen()).as("client's connection is open").isFalse();
        assertThat(server.isOpen()).as("server's connection is open").isFalse();
        assertThat(service.openLeases()).as("open leases").isZero();
        assertThat(service.doubleCloses()).as("leases closed twice").isZero();
    }

    @Test
    void serverEnds_thenClient_slowClientGetsAllBeforeTheClose() {
        client.stall();
        serverSays("tail");
        tunnel.serverInputClosed();

        clientEnds();

        assertThat(server.outputEnded()).isTrue();
        assertThat(client.isOpen()).isTrue();
        client.goOn();
        assertThat(client.taken()).isEqualTo("tail");
        assertOver();
    }

    @Test
    void clientEnds_thenServer_slowServerGetsAllBeforeTheClose() {
        server.stall();
        clientSays("tail");
        clientEnds();

        tunnel.serverInputClosed();

        assertThat(client.outputEnded()).isTrue();
        assertThat(server.isOpen()).isTrue();
        server.goOn();
        assertThat(server.taken()).isEqualTo("tail");
        assertOver();
    }

    @Test
    void bothEnd_bothSlow_eachGetsItsTail() {
        client.stall();
        server.stall();
        serverSays("down");
        clientSays("up");
        clientEnds();
        tunnel.serverInputClosed();

        client.goOn();
        assertThat(client.outputEnded()).isTrue();
        assertThat(client.isOpen()).isTrue();
        server.goOn();

        assertThat(client.taken()).isEqualTo("down");
        assertThat(server.taken()).isEqualTo("up");
        assertOver();
    }

    @Test
    void oneEnds_theOtherSpeaksOn() {
        clientEnds();

        serverSays("still here");

        assertThat(server.outputEnded()).isTrue();
        assertThat(client.taken()).isEqualTo("still here");
        assertThat(client.isOpen()).isTrue();
        tunnel.serverInputClosed();
        assertOver();
    }

    @Test
    void serverGone_clientEndsMeanwhile_getsAllBeforeTheClose() {
        client.stall();
        serverSays("tail");
        upstream.discard();
        tunnel.serverGone();

        clientEnds();

        assertThat(client.isOpen()).isTrue();
        client.goOn();
        assertThat(client.taken()).isEqualTo("tail");
        assertOver();
    }

    @Test
    void serverEnds_thenIsGone_slowClientGetsAllBeforeTheClose() {
        client.stall();
        serverSays("tail");
        tunnel.serverInputClosed();

        upstream.discard();
        tunnel.serverGone();

        assertThat(client.isOpen()).isTrue();
        client.goOn();
        assertThat(client.taken()).isEqualTo("tail");
        clientIsSilent();
        assertOver();
    }

    @Test
    void serverEndsAndAllIsBrought_thenIsGone_isOverOnceTheClientIsSilent() {
        tunnel.serverInputClosed();
        upstream.discard();

        tunnel.serverGone();

        assertThat(client.isOpen()).isTrue();
        clientIsSilent();
        assertOver();
    }

    @Test
    void clientEnds_serverTakesNoMore_isHeardToItsEnd() {
        server.breakOff();
        clientSays("lost");

        clientEnds();

        serverSays("answer");
        assertThat(client.taken()).isEqualTo("answer");
        tunnel.serverInputClosed();
        assertOver();
    }

    /** Closing with input unread would answer it with a reset, and the client would lose what it has not read yet. */
    @Test
    void serverEnds_thenTakesNoMore_clientIsReadUntilItEnds() {
        tunnel.serverInputClosed();
        server.breakOff();

        clientSays("lost");

        assertThat(server.isOpen()).isFalse();
        client.writeInbound(bytes("dropped"));
        assertThat(client.isOpen()).isTrue();
        client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertOver();
    }

    @Test
    void serverGone_clientSendsOn_isToldTheEndAndReadUntilItIsSilent() {
        serverSays("tail");
        upstream.discard();

        tunnel.serverGone();

        assertThat(client.taken()).isEqualTo("tail");
        assertThat(client.outputEnded()).isTrue();
        client.writeInbound(bytes("dropped"));
        clientIsSilent();
        assertThat(client.isOpen()).isTrue();
        clientIsSilent();
        assertOver();
    }

    @Test
    void serverGone_tailIsBrought_leaseEndsThoughTheClientStays() {
        client.stall();
        serverSays("tail");
        upstream.discard();
        tunnel.serverGone();
        int whileItIsBrought = service.openLeases();

        client.goOn();

        assertThat(whileItIsBrought).isEqualTo(1);
        assertThat(service.openLeases()).isZero();
        assertThat(client.isOpen()).isTrue();
        assertThat(client.taken()).isEqualTo("tail");
        clientIsSilent();
        assertOver();
    }

    @Test
    void serverEnds_clientTakesNoMore_isOverOnceTheClientIsSilent() {
        client.breakOff();

        tunnel.serverInputClosed();

        clientIsSilent();
        assertOver();
    }

    @Test
    void clientGone_whileBothAreSlow_isOver() {
        client.stall();
        server.stall();
        serverSays("down");
        clientSays("up");
        clientEnds();
        tunnel.serverInputClosed();

        client.close();

        assertOver();
    }

    @Test
    void bothEnd_serverTakesNothing_isOverAfterThirtySeconds() {
        server.stall();
        clientSays("tail");
        clientEnds();
        pass(300);
        tunnel.serverInputClosed();

        assertOverAfterThirtySeconds();
    }

    @Test
    void bothEnd_clientTakesNothing_isOverAfterThirtySeconds() {
        client.stall();
        serverSays("tail");
        tunnel.serverInputClosed();
        pass(300);
        clientEnds();

        assertOverAfterThirtySeconds();
    }

    @Test
    void serverGone_clientTakesNothing_isOverAfterThirtySeconds() {
        client.stall();
        serverSays("tail");
        upstream.discard();
        tunnel.serverGone();

        assertOverAfterThirtySeconds();
    }

    @Test
    void serverEnds_thenTakesNoMore_clientTakesNothing_isOverAfterThirtySeconds() {
        client.stall();
        serverSays("tail");
        tunnel.serverInputClosed();
        server.breakOff();
        clientSays("lost");

        assertOverAfterThirtySeconds();
    }

    @Test
    void serverGone_clientTakesSlowly_isOverThirtySecondsAfterTheLastWasTaken() {
        client.stall();
        serverSays("one");
        serverSays("two");
        serverSays("three");
        upstream.discard();
        tunnel.serverGone();
        pass(29);
        client.takeOne();
        pass(30);
        client.takeOne();
        pass(1);

        assertOverAfterThirtySeconds();
        assertThat(client.taken()).isEqualTo("onetwo");
    }

    @Test
    void serverGone_clientTakesAByteNowAndThen_isNotCutOff() {
        client.stall();
        serverSays("tail");
        upstream.discard();
        tunnel.serverGone();

        for (int taken = 1; taken < 4; taken++) {
            client.takeBytes(1);
            pass(30);
        }
        client.goOn();

        assertThat(ended).extracting(ExchangeSummary::whole).containsExactly(true);
        assertThat(client.taken()).isEqualTo("l");
        clientIsSilent();
        assertOver();
    }

    @Test
    void serverGone_clientTakesSlowly_getsAll() {
        client.stall();
        serverSays("one");
        serverSays("two");
        upstream.discard();
        tunnel.serverGone();
        pass(29);
        client.takeOne();
        pass(30);

        client.goOn();

        assertThat(client.taken()).isEqualTo("onetwo");
        assertThat(ended).extracting(ExchangeSummary::whole).containsExactly(true);
        clientIsSilent();
        assertOver();
    }

    @Test
    void serverGone_allIsBroughtInTime_onlyTheLingeringHasATimer() {
        client.stall();
        serverSays("tail");
        upstream.discard();
        tunnel.serverGone();
        pass(29);

        client.goOn();

        assertThat(client.runScheduledPendingTasks())
                .as("time to the next timer")
                .isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(client.taken()).isEqualTo("tail");
        clientIsSilent();
        assertOver();
    }

    @Test
    void serverEnds_thenTheClientIsGone_nothingLooksAfterTheServerAnyMore() {
        tunnel.serverInputClosed();

        client.pipeline().close(); // as a handler does: timers go on
        pass(1);

        assertThat(client.runScheduledPendingTasks())
                .as("time to the next timer")
                .isNegative();
    }

    @Test
    void serverEnds_clientSpeaksOn_hasNoLimit() {
        tunnel.serverInputClosed();

        pass(300);

        clientSays("still here");
        assertThat(server.taken()).isEqualTo("still here");
    }
}
