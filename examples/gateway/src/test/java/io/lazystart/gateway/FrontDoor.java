// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.LazyStart;
import io.lazystart.LazyStartBuilder;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.event.WakeEvent;
import io.lazystart.netty.NettyServer;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.watch.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One service of real processes behind the gateway's own routing and server, in this JVM, with a client. */
final class FrontDoor implements AutoCloseable {
    private static final String SERVICE = "notes";
    private static final long PATIENCE_SECONDS = 60;

    private final LazyStart lazyStart;
    private final NettyServer server;
    private final BlockingQueue<WakeEvent> unheard = new LinkedBlockingQueue<>();
    private final RecordingListener heard = new RecordingListener();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private FrontDoor(LazyStart lazyStart) throws IOException {
        this.lazyStart = lazyStart;
        this.server = NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .gates(new Routing(lazyStart))
                .start();
        watcher().subscribe(this::hear, Runnable::run);
    }

    static FrontDoor open(Path directory, Consumer<ServiceConfigBuilder> service) throws IOException {
        return open(LazyStart.builder(), directory, service);
    }

    static FrontDoor open(LazyStartBuilder builder, Path directory, Consumer<ServiceConfigBuilder> service)
            throws IOException {
        LazyStart lazyStart = builder.stateDirectory(directory.resolve("state"))
                .service(SERVICE, service.andThen(description -> description.paths("/")))
                .build();
        try {
            return new FrontDoor(lazyStart);
        } catch (IOException | RuntimeException e) {
            lazyStart.close();
            throw e;
        }
    }

    private void hear(WakeEvent event) {
        heard.onEvent(event);
        unheard.add(event);
    }

    Watcher watcher() {
        return lazyStart.watcher(SERVICE);
    }

    HttpRequest.Builder request(String path) {
        InetSocketAddress address = server.address();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path));
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path).build()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<byte[]>> sendForBytes(String path) {
        return client.sendAsync(request(path).build(), BodyHandlers.ofByteArray());
    }

    /** Waits for the next event of a type; those before it are passed over. */
    WakeEvent next(WakeEvent.Type type) throws InterruptedException {
        for (; ; ) {
            WakeEvent event = unheard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + type + " after " + heard.types());
            }
            if (!event.snapshot() && event.type() == type) {
                return event;
            }
        }
    }

    List<WakeEvent.Type> types() {
        return heard.types();
    }

    @Override
    public void close() {
        server.close();
        lazyStart.close();
    }
}
