// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.LeakPresenceDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server in front of one {@link TestService}. After each test it is closed, and then every lease must have been given
 * back exactly once and every buffer released.
 */
final class FrontDoor implements BeforeEachCallback, AfterEachCallback {
    static {
        // Counts every buffer, not a sample; read by Netty when its first buffer is made.
        System.setProperty("io.netty.customResourceLeakDetector", LeakPresenceDetector.class.getName());
    }

    final BlockingQueue<ExchangeSummary> ended = new LinkedBlockingQueue<>();
    private final Consumer<NettyServer.Builder> options;
    private TestService service;
    private NettyServer server;

    FrontDoor() {
        this(builder -> {});
    }

    FrontDoor(Consumer<NettyServer.Builder> options) {
        this.options = options;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        TestService fresh = new TestService();
        service = fresh;
        NettyServer.Builder builder = NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .gates(request -> request.target().startsWith("/nowhere")
                        ? null
                        : new Destination(fresh, fresh, request.target()))
                .listener(ended::add)
                .threads(1);
        options.accept(builder);
        server = builder.start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        server.close(Duration.ZERO);
        service.awaitNoLeases();
        assertThat(service.doubleCloses()).as("leases closed twice").isZero();
        LeakPresenceDetector.check();
    }

    TestService service() {
        return service;
    }

    NettyServer server() {
        return server;
    }

    Wire connect() throws IOException {
        return Wire.to(server.address());
    }

    ExchangeSummary nextEnded() throws InterruptedException {
        ExchangeSummary summary = ended.poll(10, TimeUnit.SECONDS);
        assertThat(summary).as("an exchange that ends within 10 s").isNotNull();
        return summary;
    }
}
