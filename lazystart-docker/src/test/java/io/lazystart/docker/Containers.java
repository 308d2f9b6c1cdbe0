// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a person at another terminal does: a second client of the engine, under which all containers of a test are made
 * and removed. Names are the test's own with those of this JVM before them.
 */
final class Containers implements AutoCloseable {
    static final Path SOCKET = Path.of("/var/run/docker.sock");
    static final String LABEL = "lazystart.test";

    /** Says that it is up by having a child, tells the signal that ends it, and serves nothing. */
    static final String POLITE = """
            trap 'echo SIGINT; exit 0' INT
            trap 'echo SIGTERM; exit 0' TERM
            trap 'echo SIGUSR1; exit 0' USR1
            while :; do sleep 100 & wait $!; done""";

    /** Hears the wish and goes on. */
    static final String STUBBORN = "trap 'echo TERM' TERM; while :; do sleep 100 & wait $!; done";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Requests at once where there are many to make; the engine is not much quicker with more. */
    private static final int WORKERS = 8;

    private static final String PREFIX =
            "lazystart-test-" + ProcessHandle.current().pid() + "-";

    private final Engine engine;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private @Nullable String network;

    Containers() throws IOException, InterruptedException {
        this(SOCKET);
    }

    Containers(Path socket) throws IOException, InterruptedException {
        engine = new Engine(EngineAddress.socket(socket), null);
        Images.make(socket);
    }

    static String name(String service) {
        return PREFIX + service;
    }

    /** A container that runs a script in the host's network, where it is up soonest. */
    String create(String service, String script) {
        return create(service, script, command -> command);
    }

    /** As above, with more said of it. Gives its id. */
    String create(String service, String script, UnaryOperator<CreateContainerCmd> more) {
        String name = name(service);
        remove(name);
        made.add(name);
        return ask(client -> {
            CreateContainerCmd command = client.createContainerCmd(Images.BUSYBOX)
                    .withName(name)
                    .withCmd("/bin/sh", "-c", script)
                    .withLabels(Map.of(LABEL, "true"))
                    .withExposedPorts(ExposedPort.tcp(8080))
                    .withHostConfig(HostConfig.newHostConfig().withNetworkMode("host"));
            return more.apply(command).exec().getId();
        });
    }

    /** Does something with each of many, several at once; returns when all is done. */
    void inParallel(Collection<String> names, Consumer<String> task) {
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            CompletableFuture.allOf(names.stream()
                            .map(name -> CompletableFuture.runAsync(() -> task.accept(name), workers))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            workers.shutdown();
        }
    }

    /** A network of the test's own; whoever starts a second engine on this machine may take the default one away. */
    String network() {
        if (network == null) {
            network = PREFIX + "net";
            ask(client -> client.createNetworkCmd()
                    .withName(network)
                    .withLabels(Map.of(LABEL, "true"))
                    .exec());
        }
        return network;
    }

    void start(String service) {
        ask(client -> client.startContainerCmd(name(service)).exec());
    }

    /** Ends it, and returns when it has ended. */
    void kill(String service) {
        ask(client -> client.killContainerCmd(name(service)).exec());
        await().atMost(PATIENCE).until(() -> !Boolean.TRUE.equals(state(service).getRunning()));
    }

    void signal(String service, String signal) {
        ask(client -> client.killContainerCmd(name(service)).withSignal(signal).exec());
    }

    /** Runs a command inside. */
    void run(String service, String... command) {
        ask(client -> {
            String exec =
                    client.execCreateCmd(name(service)).withCmd(command).exec().getId();
            return client.execStartCmd(exec).withDetach(true).exec(new Ignored());
        });
    }

    ContainerState state(String service) {
        return ask(client -> client.inspectContainerCmd(name(service)).exec()).getState();
    }

    /** Waits until the script has set its traps, which is when it has a child. */
    void awaitUp(String service) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> ProcessHandle.of(state(service).getPidLong())
                        .map(process -> process.children().findAny().isPresent())
                        .orElse(false));
    }

    /** What it wrote, all of its runs together. */
    List<String> output(String service) throws Exception {
        try (Response answer = engine.open("/containers/" + name(service) + "/logs?stdout=1&stderr=1")) {
            return LastLines.read(answer.getBody(), false);
        }
    }

    void rename(String service, String to) {
        made.add(name(to));
        ask(client ->
                client.renameContainerCmd(name(service)).withName(name(to)).exec());
    }

    void remove(String name) {
        try {
            ask(client -> client.removeContainerCmd(name)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec());
        } catch (NotFoundException gone) {
            // as it should be
        }
    }

    <T> T ask(Function<DockerClient, T> question) {
        try {
            return engine.ask(question);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        inParallel(made, this::remove);
        if (network != null) {
            ask(client -> client.removeNetworkCmd(network).exec());
        }
        engine.close();
    }

    /** Nobody waits for what it says. */
    private static final class Ignored extends ResultCallback.Adapter<Frame> {}
}
