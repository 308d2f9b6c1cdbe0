// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.lazystart.provider.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one engine. Nothing is connected before the first call. A call ends when its thread is interrupted,
 * and when the engine is closed.
 */
final class Engine implements AutoCloseable {
    private final EngineAddress address;
    private final @Nullable String apiVersion;
    private final Duration silence;

    private @Nullable Transport transport; // guarded by this
    private @Nullable DockerClient client; // guarded by this
    private boolean closed; // guarded by this

    Engine(EngineAddress address, @Nullable String apiVersion) {
        this(address, apiVersion, Transport.SILENCE);
    }

    /** As above, with how long it may be silent, as of {@link Transport#SILENCE}. */
    Engine(EngineAddress address, @Nullable String apiVersion, Duration silence) {
        this.address = address;
        this.apiVersion = apiVersion;
        this.silence = silence;
    }

    EngineAddress address() {
        return address;
    }

    /**
     * Asks something of the engine.
     *
     * @throws DockerException if the engine refuses
     * @throws ProviderException if the engine cannot be reached
     * @throws InterruptedException if the thread is interrupted before or while it waits for the answer
     */
    <T> T ask(Function<DockerClient, T> question) throws InterruptedException {
        DockerClient asked = client();
        return guarded(() -> question.apply(asked));
    }

    /**
     * Opens an answer that is read piece by piece. docker-java would read it on a thread of its own, and tell its end twice.
     *
     * @param path with its query
     * @return the answer, whose status may be any
     * @throws ProviderException if the engine cannot be reached
     * @throws InterruptedException if the thread is interrupted before or while it waits for the answer
     */
    Response open(String path) throws InterruptedException {
        DockerHttpClient asked = transport();
        Request request = request(path, null);
        return guarded(() -> asked.execute(request));
    }

    /**
     * Asks for what docker-java has no words for, or too few.
     *
     * @param path with its query
     * @param json what to send, or null to only ask
     * @return the answer, whose status may be any
     * @throws ProviderException if the engine cannot be reached, or breaks off
     * @throws InterruptedException if the thread is interrupted before or while it waits for the answer
     */
    Answer exchange(String path, byte @Nullable [] json) throws InterruptedException {
        return read(
                request(path, json),
                (status, body) -> new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8)));
    }

    /**
     * Asks, and reads the answer as far as somebody wants to. Unlike from {@link #open}, an interrupt is heard while it is read.
     *
     * @param path with its query
     * @param reading reads the answer, on any thread
     * @return what the reading gives
     * @throws ProviderException if the engine cannot be reached, or breaks off
     * @throws InterruptedException if the thread is interrupted before or while it waits for the answer
     */
    <T> T read(String path, Reading<T> reading) throws InterruptedException {
        return read(request(path, null), reading);
    }

    private <T> T read(Request request, Reading<T> reading) throws InterruptedException {
        DockerHttpClient asked = transport();
        return guarded(() -> {
            try (Response answer = asked.execute(request)) {
                return reading.read(answer.getStatusCode(), answer.getBody());
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        });
    }

    /** Reads the body of an answer. */
    @FunctionalInterface
    interface Reading<T> {
        T read(int status, InputStream body) throws IOException;
    }

    /**
     * An answer that has been read.
     *
     * @param status of HTTP
     * @param text the body
     */
    record Answer(int status, String text) {}

    /** Whether a failure is only the trace of an interrupt, whose flag is cleared then. */
    static boolean isInterrupt(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException
                    || cause instanceof ClosedByInterruptException
                    || cause instanceof CancellationException) {
                Thread.interrupted();
                return true;
            }
        }
        return Thread.interrupted();
    }

    /** Idempotent. Calls that are under way fail. */
    @Override
    public void close() {
        Transport last;
        synchronized (this) {
            closed = true;
            last = transport;
            transport = null;
            client = null;
        }
        if (last != null) {
            try {
                last.close();
            } catch (IOException failure) {
                throw new ProviderException(address + ": close: " + failure.getMessage(), null, failure);
            }
        }
    }

    private Request request(String path, byte @Nullable [] json) {
        String versioned = apiVersion == null ? path : "/v" + apiVersion + path;
        return json == null
                ? Request.builder().method(Request.Method.GET).path(versioned).build()
                : Request.builder()
                        .method(Request.Method.POST)
                        .path(versioned)
                        .putHeader("Content-Type", "application/json")
                        .bodyBytes(json)
                        .build();
    }

    private <T> T guarded(Supplier<T> call) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return address.socketPath() == null ? beside(call) : call.get();
        } catch (DockerException refusal) {
            throw refusal;
        } catch (RuntimeException failure) {
            if (isInterrupt(failure)) {
                InterruptedException interrupted = new InterruptedException();
                interrupted.initCause(failure);
                throw interrupted;
            }
            throw isClosed()
                    ? closedAlready(failure)
                    : new ProviderException(
                            Unreachable.explain(address, System.getProperty("user.name", "?"), failure), null, failure);
        }
    }

    /**
     * Makes a call on a thread of its own: a read from the network does not hear an interrupt, and whoever waits for it must.
     * The thread ends with the answer, with the engine's silence, or when this is closed.
     */
    private static <T> T beside(Supplier<T> call) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(call::get);
        Thread thread = new Thread(task, "lazystart-docker-call");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            thread.interrupt(); // which it hears while it waits for a connection
            throw interrupted;
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized DockerClient client() {
        if (client == null) {
            client = DockerClientImpl.getInstance(new ClientConfig(address.uri(), apiVersion), transport());
        }
        return client;
    }

    private synchronized Transport transport() {
        if (closed) {
            throw closedAlready(null);
        }
        if (transport == null) {
            try {
                transport = Transport.to(address, silence);
            } catch (IOException unreadable) {
                throw new ProviderException(address + ": " + unreadable.getMessage(), null, unreadable);
            }
        }
        return transport;
    }

    private ProviderException closedAlready(@Nullable Throwable cause) {
        return new ProviderException(address + ": the provider is closed", null, cause);
    }
}
