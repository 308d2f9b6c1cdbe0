// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.time.Ticker;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An engine on what counts as another machine, where nothing happens for long. */
@RequiresPeer("docker")
class SilencePeerTest implements EngineEvents, UnitListener {
    /** Of this machine, but none of the names that stand for it. */
    private static final String ELSEWHERE = "127.0.0.2";

    private static final Duration SILENCE = Duration.ofMillis(300);

    private final Containers containers = new Containers();
    private final AtomicInteger heard = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();
    private final AtomicInteger resyncs = new AtomicInteger();
    private Forwarder forwarder;
    private Engine engine;
    private EventStream stream;

    SilencePeerTest() throws Exception {}

    @BeforeEach
    void open() throws Exception {
        forwarder = Forwarder.begin(UnixDomainSocketAddress.of(Containers.SOCKET), new InetSocketAddress(ELSEWHERE, 0));
        int port = ((InetSocketAddress) forwarder.address()).getPort();
        engine = new Engine(EngineAddress.parse("tcp://" + ELSEWHERE + ":" + port, null), null, SILENCE);
        stream = new EventStream("docker", engine, Ticker.system(), this);
        stream.open();
    }

    @AfterEach
    void close() throws Exception {
        stream.close();
        engine.close();
        containers.close();
        forwarder.close();
    }

    @Test
    void silence_beforeAnyMessage_isReadAgain_afterOneIsNot() {
        Bench.eventually().until(() -> resyncs.get() >= 2);

        containers.create("a", Containers.POLITE);
        Bench.eventually().until(() -> heard.get() == 1);
        int before = resyncs.get();
        awaitStreams(streams() + 3);

        assertThat(resyncs.get()).isEqualTo(before);
        assertThat(losses.get()).isZero();
    }

    @Test
    void streamCut_isReadAgainOnce() {
        containers.create("a", Containers.POLITE);
        Bench.eventually().until(() -> heard.get() == 1);
        int before = resyncs.get();

        forwarder.cut(request -> true);
        Bench.eventually().until(() -> losses.get() == 1);
        forwarder.mend();

        Bench.eventually().until(() -> resyncs.get() == before + 1);
        awaitStreams(streams() + 3);
        assertThat(resyncs.get()).isEqualTo(before + 1);
    }

    private int streams() {
        return forwarder.requests().size();
    }

    private void awaitStreams(int number) {
        Bench.eventually().until(() -> streams() >= number);
    }

    @Override
    public Map<String, List<String>> filters() {
        return Map.of(
                "type", List.of("container"), "event", List.of("create"), "container", List.of(Containers.name("a")));
    }

    @Override
    public UnitListener listener() {
        return this;
    }

    @Override
    public void opened() {}

    @Override
    public void heard(JsonNode event) {
        heard.incrementAndGet();
    }

    @Override
    public void onEvent(UnitEvent event) {}

    @Override
    public void onLost() {
        losses.incrementAndGet();
    }

    @Override
    public void onResync() {
        resyncs.incrementAndGet();
    }
}
