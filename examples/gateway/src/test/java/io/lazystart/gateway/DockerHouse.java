// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A gateway in this JVM before containers of an engine, with a client. */
final class DockerHouse implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final GatewayServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private DockerHouse(GatewayServer server) {
        this.server = server;
    }

    /** Serves what the lines of a configuration say, with a state directory in the folder. */
    static DockerHouse open(Path folder, String yaml) throws IOException {
        Path file = Files.writeString(
                folder.resolve("gateway.yaml"), "state-directory: " + folder.resolve("state") + "\n" + yaml);
        return new DockerHouse(GatewayServer.start(
                Options.parse(List.of("--config", file.toString(), "--listen", "127.0.0.1:0"), Map.of())));
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    int port() {
        return server.address().getPort();
    }

    CompletableFuture<HttpResponse<String>> ask(String path) {
        return client.sendAsync(HttpRequest.newBuilder(url(path)).build(), BodyHandlers.ofString());
    }

    /** Opens a WebSocket; the texts that it hears are added to the queue. */
    WebSocket webSocket(String path, Queue<String> heard) throws Exception {
        return client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port() + path), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        heard.add(data.toString());
                        socket.request(1);
                        return null;
                    }
                })
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    HttpResponse<String> get(String path) throws Exception {
        return ask(path).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.close();
    }
}
