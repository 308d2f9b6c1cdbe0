// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One connection for each request. A kept one is found dead only by a request that fails on it, such as the first start
 * after the engine was restarted.
 */
final class Transport implements DockerHttpClient {
    /** Calls at once that have an answer to wait for. They are bounded by who calls; this is only not to be in the way. */
    private static final int MAX_CONNECTIONS = 1024;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * How long an engine may be silent that is reached by network, in an answer or in its events; it does not apply to sockets
     * of this machine. Whether it is still there is found out that late; asking again costs one request.
     */
    static final Duration SILENCE = Duration.ofMinutes(1);

    private final DockerHttpClient client;

    private Transport(DockerHttpClient client) {
        this.client = client;
    }

    /**
     * Makes a transport; connects to nothing yet.
     *
     * @throws IOException if a file for TLS cannot be read
     */
    static Transport to(EngineAddress address, Duration silence) throws IOException {
        TlsFiles tls = address.tls();
        @Nullable SSLContext context = tls == null ? null : tls.context();
        ZerodepDockerHttpClient.Builder builder = new ZerodepDockerHttpClient.Builder()
                .dockerHost(address.uri())
                .maxConnections(MAX_CONNECTIONS)
                .connectionTimeout(CONNECT_TIMEOUT)
                .responseTimeout(silence);
        return new Transport((context == null ? builder : builder.sslConfig(() -> context)).build());
    }

    @Override
    public Response execute(Request request) {
        return client.execute(
                Request.builder().from(request).putHeader("Connection", "close").build());
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
